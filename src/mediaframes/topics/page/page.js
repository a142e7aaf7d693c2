// Texts come from articles nobody here has read: they enter the page as text, never as HTML.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var list = document.getElementById("list"), detail = document.getElementById("detail");
  var search = document.getElementById("search"), count = document.getElementById("count");
  var order = document.getElementById("order"), wanted = "prob", at = 0, rows = [];

  function make(tag, text, name) {
    var node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = String(text);
    if (name) node.className = name;
    return node;
  }
  function add(parent) {
    for (var i = 1; i < arguments.length; i++) if (arguments[i]) parent.appendChild(arguments[i]);
    return parent;
  }
  function percent(value) { return (100 * value).toFixed(1) + "%"; }
  function bar(value, most, name) {
    var outer = make("span", null, "bar " + name), inner = make("span");
    inner.style.width = (most > 0 ? Math.max(0, Math.min(100, 100 * value / most)) : 0) + "%";
    outer.setAttribute("aria-hidden", "true");
    return add(outer, inner);
  }
  function number(value) {
    if (value === null || value === undefined) return "";
    return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : value.toFixed(Math.abs(value) < 0.1 ? 4 : 3);
  }

  function facts(topic) {
    var parts = [];
    if (topic.share !== null) parts.push("share " + percent(topic.share));
    data.measures.forEach(function (name) {
      if (topic[name] !== null && topic[name] !== undefined)
        parts.push(name.toUpperCase() === "NPMI" ? "NPMI " + topic[name].toFixed(2)
          : name + " " + topic[name].toFixed(2));
    });
    return parts.join(", ");
  }

  function wordTable(topic) {
    var table = make("table", null, "words"), head = make("tr"), body = make("tbody");
    var kinds = data.kinds, words = topic.words.slice();
    words.sort(function (a, b) {
      var difference = b[wanted] - a[wanted];
      return difference || (a.word < b.word ? -1 : 1);
    });
    add(head, make("th", "word"));
    kinds.forEach(function (kind) {
      var cell = make("th"), button = make("button", data.labels[kind]);
      button.type = "button";
      button.setAttribute("aria-pressed", String(kind === wanted));
      button.title = "Sort by " + data.labels[kind];
      button.addEventListener("click", function () {
        wanted = kind;
        show(at);
        detail.querySelectorAll("th button")[kinds.indexOf(kind)].focus();
      });
      add(head, add(cell, button));
    });
    words.slice(0, data.shown).forEach(function (row) {
      var line = make("tr"), name = make("th", row.word);
      name.scope = "row";
      add(line, name);
      kinds.forEach(function (kind) {
        var most = Math.max.apply(null, topic.words.map(function (other) { return other[kind]; }));
        add(line, add(make("td"), bar(row[kind], most, kind), make("span", number(row[kind]), "n")));
      });
      add(body, line);
    });
    return add(table, add(make("thead"), head), body);
  }

  function about(item) {
    return [item.outlet, item.date, item.id].filter(Boolean).join(", ");
  }
  function show(place) {
    var topic = data.topics[place];
    at = place;
    rows.forEach(function (row, i) {
      row.setAttribute("aria-selected", String(i === place));
      row.tabIndex = i === place ? 0 : -1;
    });
    detail.textContent = "";
    add(detail, make("h2", topic.topic + ": " + topic.name), make("p", facts(topic), "facts"),
      wordTable(topic));
    if (topic.alike && topic.alike.length) {
      add(detail, make("h3", "Words shared with"));
      var shared = add(detail, make("ul")).lastChild;
      topic.alike.forEach(function (other) {
        add(shared, make("li", other.topic + ": " + other.name + " (overlap "
          + percent(other.overlap) + "): " + other.words.join(", ")));
      });
    }
    if (topic.articles.length) add(detail, make("h3", "Articles with the largest share"));
    topic.articles.forEach(function (item) {
      add(detail, add(make("article"),
        add(make("h4"), make("span", percent(item.share), "n"), make("span", " "),
          make("span", item.title || "(no title)")),
        make("p", about(item), "about"), item.opening ? make("p", item.opening) : null));
    });
    if (topic.sentences.length) add(detail, make("h3", "Sentences most particular to the topic"));
    topic.sentences.forEach(function (item) {
      var text = make("p");
      item.text.forEach(function (piece, i) { add(text, make(i % 2 ? "mark" : "span", piece)); });
      add(detail, add(make("article"), text, make("p", about(item), "about")));
    });
    detail.scrollTop = 0;
  }

  function visible() {
    return rows.map(function (_, i) { return i; }).filter(function (i) { return !rows[i].hidden; });
  }
  function arrange() {
    var key = order.value, places = rows.map(function (_, i) { return i; });
    places.sort(function (a, b) {
      if (key === "topic") return a - b;
      var one = data.topics[a][key], two = data.topics[b][key];
      one = one === null ? -Infinity : one;
      two = two === null ? -Infinity : two;
      return one === two ? a - b : two - one;
    });
    places.forEach(function (i) { list.appendChild(rows[i]); });
  }
  function filter() {
    var text = search.value.trim().toLowerCase(), n = 0;
    rows.forEach(function (row, i) {
      row.hidden = text !== "" && data.topics[i].all.indexOf(text) < 0;
      if (!row.hidden) n += 1;
    });
    count.textContent = n + " of " + rows.length + " topics";
    var left = visible();
    if (left.length && left.indexOf(at) < 0) show(left[0]);
  }
  function all(topic) {
    var parts = [String(topic.topic), topic.name];
    topic.words.forEach(function (row) { parts.push(row.word); });
    topic.articles.forEach(function (item) { parts.push(about(item), item.title, item.opening); });
    topic.sentences.forEach(function (item) { parts.push(item.text.join("")); });
    return parts.join("\n").toLowerCase();
  }

  var most = Math.max.apply(null, data.topics.map(function (topic) { return topic.share || 0; }));
  data.topics.forEach(function (topic, i) {
    var row = make("li", null, "topic");
    row.setAttribute("role", "option");
    add(row, make("b", topic.topic + ": " + topic.name), bar(topic.share || 0, most, "prob"),
      make("small", facts(topic)));
    row.addEventListener("click", function () { show(i); });
    topic.all = all(topic);
    rows.push(row);
  });
  ["topic", "share"].concat(data.measures).forEach(function (key) {
    var choice = make("option", key === "topic" ? "number" : key === "npmi" ? "NPMI" : key);
    choice.value = key;
    add(order, choice);
  });
  list.addEventListener("keydown", function (event) {
    var shown = Array.prototype.filter.call(list.children, function (row) { return !row.hidden; });
    var here = shown.indexOf(rows[at]), next = here;
    if (event.key === "ArrowDown") next = Math.min(here + 1, shown.length - 1);
    else if (event.key === "ArrowUp") next = Math.max(here - 1, 0);
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = shown.length - 1;
    else if (event.key === "Enter" || event.key === "ArrowRight") { detail.focus(); return; }
    else return;
    event.preventDefault();
    if (next < 0 || !shown[next]) return;
    show(rows.indexOf(shown[next]));
    shown[next].focus();
    shown[next].scrollIntoView({ block: "nearest" });
  });
  search.addEventListener("input", filter);
  order.addEventListener("change", arrange);
  arrange();
  filter();
  show(0);
}());
