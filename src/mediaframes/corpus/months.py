"""Names of months and weekdays in fourteen languages, as dates spell them.

With the genitives of Slavic languages, usual abbreviations, and spellings without accents. Croatian
and Ukrainian are left out: their "listopad" is another month than in Polish and Czech.
"""

import re
import unicodedata

_NAMES = {
    "de": "januar jan jänner jän|februar feber feb|märz maerz mär mrz|april apr|mai|juni jun|"
    "juli jul|august aug|september sept sep|oktober okt|november nov|dezember dez",
    "en": "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
    "september sept sep|october oct|november nov|december dec",
    "fr": "janvier janv jan|février févr fév|mars|avril avr|mai|juin|juillet juil|août|"
    "septembre sept sep|octobre oct|novembre nov|décembre déc",
    "es": "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|"
    "septiembre setiembre sept set|octubre oct|noviembre nov|diciembre dic",
    "it": "gennaio genn gen|febbraio febbr feb|marzo mar|aprile apr|maggio magg mag|"
    "giugno giu|luglio lug|agosto ago|settembre sett set|ottobre ott|novembre nov|dicembre dic",
    "nl": "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|"
    "september sept sep|oktober okt|november nov|december dec",
    "pt": "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago|"
    "setembro set|outubro out|novembro nov|dezembro dez",
    "pl": "styczeń stycznia sty|luty lutego lut|marzec marca mar|kwiecień kwietnia kwi|maj maja|"
    "czerwiec czerwca cze|lipiec lipca lip|sierpień sierpnia sie|wrzesień września wrz|"
    "październik października paź|listopad listopada lis|grudzień grudnia gru",
    "ru": "январь января янв|февраль февраля февр фев|март марта мар|апрель апреля апр|май мая|"
    "июнь июня июн|июль июля июл|август августа авг|сентябрь сентября сент сен|"
    "октябрь октября окт|ноябрь ноября нояб ноя|декабрь декабря дек",
    "da": "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug|"
    "september sept sep|oktober okt|november nov|december dec",
    "sv": "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|"
    "september sept sep|oktober okt|november nov|december dec",
    "no": "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug|"
    "september sept sep|oktober okt|november nov|desember des",
    "cs": "leden ledna led|únor února úno|březen března bře|duben dubna dub|květen května kvě|"
    "červen června čvn|červenec července čvc|srpen srpna srp|září zář|říjen října říj|"
    "listopad listopadu lis|prosinec prosince pro",
    "tr": "ocak oca|şubat şub|mart mar|nisan nis|mayıs may|haziran haz|temmuz tem|ağustos ağu|"
    "eylül eyl|ekim eki|kasım kas|aralık ara",
}
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi "
    "mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag "
    "vrijdag zaterdag zondag segunda-feira terça-feira quarta-feira quinta-feira sexta-feira "
    "poniedziałek wtorek środa czwartek piątek sobota niedziela понедельник вторник среда четверг "
    "пятница суббота воскресенье mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag "
    "lördag söndag pondělí úterý středa čtvrtek pátek neděle pazartesi salı çarşamba perşembe cuma "
    "cumartesi pazar"
)


def plain_name(name: str) -> str:
    """A month's or weekday's name as it stands in the tables: lower case, Turkish i's alike.

    Examples
    --------
    >>> plain_name("KASIM"), plain_name("Kasım"), plain_name("EKİM")
    ('kasim', 'kasim', 'ekim')
    """
    low = name.lower().replace("ı", "i").replace("\u0307", "")
    return unicodedata.normalize("NFC", low)


def bare_name(name: str) -> str:
    """`plain_name` without accents: "fevrier", "agustos"."""
    split = unicodedata.normalize("NFD", plain_name(name).replace("ł", "l").replace("ø", "o"))
    # the breve of Russian й is no accent: "май" and "маи" are two words
    return unicodedata.normalize("NFC", re.sub("(?<![а-я])[\u0300-\u036f]", "", split))


MONTHS: dict[str, int] = {}
for _names in _NAMES.values():
    for _number, _spellings in enumerate(_names.split("|"), start=1):
        for _name in _spellings.split():
            for _spelling in (_name, plain_name(_name), bare_name(_name)):
                assert MONTHS.setdefault(_spelling, _number) == _number, _spelling
WEEKDAYS = frozenset(
    spelling for name in _WEEKDAYS.split() for spelling in (plain_name(name), bare_name(name))
)
