"""Parts that the vectors' operations are made of: lanes, loops over them, and functions of numbers.

Each function writes code with `builder`, as numba's intrinsics do; none is called while it runs.
"""

import struct
from collections.abc import Iterator
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

LANES = 8  # of single floats; half as many of double ones


def lanes(array_type):  # type: ignore[no-untyped-def]
    element = ir.FloatType() if array_type.dtype == types.float32 else ir.DoubleType()
    return ir.VectorType(element, LANES if array_type.dtype == types.float32 else LANES // 2)


def wide_lanes(array_type):  # type: ignore[no-untyped-def]
    narrow = lanes(array_type)
    return ir.VectorType(narrow.element, 2 * narrow.count)


def pointer(context, builder, array_type, array, offset):  # type: ignore[no-untyped-def]
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [offset])


def load(builder, pointer, place, vector):  # type: ignore[no-untyped-def]
    there = builder.bitcast(builder.gep(pointer, [place]), vector.as_pointer())
    return builder.load(there, align=4), there


def spread(builder, scalar, kind):  # type: ignore[no-untyped-def]
    number = ir.IntType(32)
    empty = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(empty, scalar, ir.Constant(number, 0))
    return builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(number, kind.count), None))


def spread_all(builder, scalars, kind):  # type: ignore[no-untyped-def]
    return [spread(builder, scalar, kind) for scalar in scalars]


def chunks(builder, n, array_type) -> Iterator[tuple[Any, Any]]:  # type: ignore[no-untyped-def]
    """Where the caller's code stands twice: in a loop over wide vectors, and for what remains."""
    narrow, wide = lanes(array_type), wide_lanes(array_type)
    zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, wide.count)
    whole = builder.and_(n, ir.Constant(n.type, -wide.count))
    with cgutils.for_range_slice(builder, zero, whole, step, n.type) as (place, _):
        yield place, wide
    with builder.if_then(builder.icmp_signed("<", whole, n)):
        yield whole, narrow


def groups(builder, n, vector, most=4) -> Iterator[tuple[Any, range]]:  # type: ignore[no-untyped-def]
    """Where the caller's code stands `most` times: for so many vectors at once, and for the rest.

    Several sums at once fill the processor's registers and hide how long each addition takes. With
    each place comes the range of its vectors; `n` is a multiple of a vector's length.
    """
    zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, most * vector.count)
    rest = builder.urem(n, step)
    whole = builder.sub(n, rest)
    with cgutils.for_range_slice(builder, zero, whole, step, n.type) as (place, _):
        yield place, range(most)
    for count in range(most - 1, 0, -1):
        left = ir.Constant(n.type, count * vector.count)
        with builder.if_then(builder.icmp_unsigned("==", rest, left)):
            yield whole, range(count)


def load_group(builder, pointer, place, vector, group):  # type: ignore[no-untyped-def]
    """So many vectors from a place on, each with where it was."""
    steps = [ir.Constant(place.type, part * vector.count) for part in group]
    return [load(builder, pointer, builder.add(place, step), vector) for step in steps]


def store_group(builder, pointer, place, vector, sums):  # type: ignore[no-untyped-def]
    olds = load_group(builder, pointer, place, vector, range(len(sums)))
    for total, (_, there) in zip(sums, olds, strict=True):
        builder.store(builder.load(total), there, align=4)


def zeros(builder, vector, n):  # type: ignore[no-untyped-def]
    """So many sums that stay in the processor's registers while a loop adds to them."""
    empty = ir.Constant(vector, [0.0] * vector.count)
    return [cgutils.alloca_once_value(builder, empty) for _ in range(n)]


def add_to(builder, total, value):  # type: ignore[no-untyped-def]
    builder.store(builder.fadd(builder.load(total), value), total)


def across(builder, whole):  # type: ignore[no-untyped-def]
    """The sum of a vector's lanes, halves added to halves."""
    parts = [
        builder.extract_element(whole, ir.Constant(ir.IntType(32), lane))
        for lane in range(whole.type.count)
    ]
    while len(parts) > 1:
        half = len(parts) // 2
        parts = [builder.fadd(parts[t], parts[t + half]) for t in range(half)]
    return parts[0]


def turned(builder, rows):  # type: ignore[no-untyped-def]
    """The columns of a square of vectors, by exchanging halves, quarters, eighths."""
    rows, count = list(rows), len(rows)
    kind, bit = ir.VectorType(ir.IntType(32), count), 1
    while bit < count:
        low = [lane if not lane & bit else count + (lane ^ bit) for lane in range(count)]
        high = [lane | bit if not lane & bit else count + lane for lane in range(count)]
        for row in (row for row in range(count) if not row & bit):
            pair = rows[row], rows[row | bit]
            rows[row], rows[row | bit] = (
                builder.shuffle_vector(*pair, ir.Constant(kind, mask)) for mask in (low, high)
            )
        bit *= 2
    return rows


def two_sum(builder, a, b):  # type: ignore[no-untyped-def]
    """``a + b``, rounded, and what the rounding lost (Knuth, volume 2, section 4.2.2)."""
    total = builder.fadd(a, b)
    back = builder.fsub(total, a)
    lost = builder.fsub(a, builder.fsub(total, back))
    return total, builder.fadd(lost, builder.fsub(b, back))


def called(builder, name, *values):  # type: ignore[no-untyped-def]
    """LLVM's function of a name, e.g. "fabs", of doubles or of vectors of them."""
    kind = values[0].type
    lanes = f"v{kind.count}" if isinstance(kind, ir.VectorType) else ""
    function = ir.FunctionType(kind, [kind] * len(values))
    full = f"llvm.{name}.{lanes}f64"
    return builder.call(cgutils.get_or_insert_function(builder.module, function, full), values)


def _fused(builder, a, b, c):  # type: ignore[no-untyped-def]
    """``a * b + c`` rounded once."""
    return called(builder, "fma", a, b, c)


def reciprocal(builder, divisor):  # type: ignore[no-untyped-def]
    """The divisor of `quotient`: itself, one over it, rounded, and what the rounding took."""
    one = ir.Constant(divisor.type, 1.0)
    inverse = builder.fdiv(one, divisor)
    rest = _fused(builder, builder.fneg(divisor), inverse, one)
    return divisor, inverse, builder.fmul(rest, inverse)


def quotient(builder, value, divisor, inverse, rest):  # type: ignore[no-untyped-def]
    """``value / divisor`` to the last bit, three times as fast as the processor's division.

    The product with one over the divisor, as two numbers, is the quotient or next to it; what it
    lacks is known without error, and added leaves the rounded quotient (Markstein 1990, IBM Journal
    of Research and Development, 34(1)).
    """
    result = _fused(builder, value, inverse, builder.fmul(value, rest))
    lacks = _fused(builder, builder.fneg(divisor), result, value)
    return _fused(builder, lacks, inverse, result)


# log(1 + f) over f: coefficients for s**2, s**4 ... where s = f / (2 + f) (Sun's fdlibm, e_log.c)
LOG_POLYNOMIAL = (
    0x3FE5555555555593, 0x3FD999999997FA04, 0x3FD2492494229359, 0x3FCC71C51D8E78AF,
    0x3FC7466496CB03DE, 0x3FC39A09D078C69F, 0x3FC2F112DF3E5244,
)  # fmt: skip
ROOT, MANTISSA, EXPONENT = 0x3FE6A09E00000000, 2**52 - 1, 0x4330000000000000
LOG_TWO = 0x3FE62E42FEE00000, 0x3DEA39EF35793C76  # ln 2 and what it lacks


def logarithm(builder, value):  # type: ignore[no-untyped-def]
    whole = ir.VectorType(ir.IntType(64), value.type.count)

    def constant(number):  # type: ignore[no-untyped-def]
        return ir.Constant(whole, [number] * whole.count)

    def double(bits):  # type: ignore[no-untyped-def]
        return builder.bitcast(bits if isinstance(bits, ir.Value) else constant(bits), value.type)

    add, subtract, times = builder.fadd, builder.fsub, builder.fmul
    # value = 2 ** power * (1 + f), with 1 + f between the halves' roots
    bits = builder.add(builder.bitcast(value, whole), constant((1023 << 52) - ROOT))
    power = builder.or_(builder.lshr(bits, constant(52)), constant(EXPONENT))
    power = subtract(double(power), ir.Constant(value.type, [2.0**52 + 1023] * whole.count))
    f = double(builder.add(builder.and_(bits, constant(MANTISSA)), constant(ROOT)))
    f = subtract(f, ir.Constant(value.type, [1.0] * whole.count))
    half = times(times(ir.Constant(value.type, [0.5] * whole.count), f), f)
    s = builder.fdiv(f, add(ir.Constant(value.type, [2.0] * whole.count), f))
    z = times(s, s)
    rest = double(LOG_POLYNOMIAL[-1])
    for coefficient in LOG_POLYNOMIAL[-2::-1]:
        rest = add(double(coefficient), times(z, rest))
    rest = add(half, times(z, rest))
    rest = add(times(s, rest), times(power, double(LOG_TWO[1])))
    return subtract(times(power, double(LOG_TWO[0])), subtract(subtract(half, rest), f))


# 2 ** (r / ln 2) - 1 - r over r ** 2, and ln 2 / 128 in two parts (ARM Optimized Routines, exp.c)
EXP_POLYNOMIAL = 0x3FDFFFFFFFFFFDBD, 0x3FC555555555543C, 0x3FA55555CF172B91, 0x3F81111167A4D017
EXP_STEPS, EXP_INVERSE = 128, 0x40671547652B82FE  # steps to a doubling; 128 / ln 2
EXP_STEP = 0xBF762E42FEFA0000, 0xBD0CF79ABC9E3B39
EXP_SHIFT = 1.5 * 2.0**52  # what is added to it is rounded to a whole number
EXP_FAR = 512.0


@cache
def _exp_table() -> list[int]:
    """For each step what rounding took from 2 ** (step / 128), and that power, less its exponent.

    The share is a float's bits; so is the power, from which the step's place is taken off, so that
    adding a whole count of steps, shifted, makes the float of that count.
    """
    table = []
    with localcontext() as context:
        context.prec = 50
        for step in range(EXP_STEPS):
            exact = (Decimal(2).ln() * step / EXP_STEPS).exp()
            power = float(exact)
            share = float(exact / Decimal(power) - 1)
            bits = [int.from_bytes(struct.pack(">d", number), "big") for number in (share, power)]
            table += [bits[0], bits[1] - (step << 45)]
    return table


def exponential(builder, value):  # type: ignore[no-untyped-def]
    """``exp(value)`` for numbers nearer to 0 than `EXP_FAR`: less than .512 of a digit off.

    By table and polynomial (Tang 1989, ACM Transactions on Mathematical Software, 15(2)) as ARM's
    Optimized Routines have it, which C libraries on Linux use: where these can multiply and add in
    one, to their last bit.
    """
    lanes = value.type.count
    whole, number = ir.VectorType(ir.IntType(64), lanes), ir.IntType(32)

    def double(bits):  # type: ignore[no-untyped-def]
        return builder.bitcast(ir.Constant(whole, [bits] * lanes), value.type)

    shift = ir.Constant(value.type, [EXP_SHIFT] * lanes)
    steps = _fused(builder, double(EXP_INVERSE), value, shift)
    count = builder.bitcast(steps, whole)
    steps = builder.fsub(steps, shift)
    rest = _fused(builder, steps, double(EXP_STEP[0]), value)
    rest = _fused(builder, steps, double(EXP_STEP[1]), rest)
    kind = ir.ArrayType(ir.IntType(64), 2 * EXP_STEPS)
    table = cgutils.global_constant(builder.module, "exp_table", ir.Constant(kind, _exp_table()))
    pair = ir.VectorType(ir.DoubleType(), 2)
    first = builder.bitcast(table, ir.IntType(64).as_pointer())
    places = builder.and_(count, ir.Constant(whole, [EXP_STEPS - 1] * lanes))
    places = builder.shl(places, ir.Constant(whole, [1] * lanes))
    parts = []
    for lane in range(lanes):
        place = builder.extract_element(places, ir.Constant(number, lane))
        there = builder.bitcast(builder.gep(first, [place]), pair.as_pointer())
        parts.append(builder.load(there, align=8))
    while len(parts) > 1:
        size = 2 * parts[0].type.count
        mask = ir.Constant(ir.VectorType(number, size), list(range(size)))
        parts = [
            builder.shuffle_vector(parts[t], parts[t + 1], mask) for t in range(0, len(parts), 2)
        ]
    share, power = (
        builder.shuffle_vector(
            parts[0], parts[0],
            ir.Constant(ir.VectorType(number, lanes), list(range(odd, 2 * lanes, 2))),
        )
        for odd in (0, 1)
    )  # fmt: skip
    count = builder.shl(count, ir.Constant(whole, [45] * lanes))
    power = builder.bitcast(builder.add(builder.bitcast(power, whole), count), value.type)
    low, high = (
        _fused(builder, rest, double(EXP_POLYNOMIAL[at + 1]), double(EXP_POLYNOMIAL[at]))
        for at in (0, 2)
    )
    square = builder.fmul(rest, rest)
    tail = _fused(builder, square, low, builder.fadd(share, rest))
    tail = _fused(builder, builder.fmul(square, square), high, tail)
    return _fused(builder, power, tail, power)
