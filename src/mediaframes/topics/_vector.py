"""Eight floats at a time, single or double, in one fixed order on every processor.

A compiler may not split a sum of floats into lanes on its own, since that changes its last digits;
here the lanes are written down, so a sum is fast and its bytes depend on no processor. Lengths are
multiples of `LANES` (rows are padded with zeros); offsets count elements from the array's start.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8


def _vector(array_type):  # type: ignore[no-untyped-def]
    element = ir.FloatType() if array_type.dtype == types.float32 else ir.DoubleType()
    return ir.VectorType(element, LANES)


def _pointer(context, builder, array_type, array, offset):  # type: ignore[no-untyped-def]
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [offset])


def _load(builder, pointer, place, vector):  # type: ignore[no-untyped-def]
    there = builder.bitcast(builder.gep(pointer, [place]), vector.as_pointer())
    return builder.load(there, align=4), there


def _spread(builder, scalar):  # type: ignore[no-untyped-def]
    vector = ir.Constant(ir.VectorType(scalar.type, LANES), ir.Undefined)
    for lane in range(LANES):
        vector = builder.insert_element(vector, scalar, ir.Constant(ir.IntType(32), lane))
    return vector


def _loop(builder, n):  # type: ignore[no-untyped-def]
    zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, LANES)
    return cgutils.for_range_slice(builder, zero, n, step, n.type)


def _across(builder, whole):  # type: ignore[no-untyped-def]
    """The sum of a vector's lanes, halves added to halves."""
    parts = [
        builder.extract_element(whole, ir.Constant(ir.IntType(32), lane)) for lane in range(LANES)
    ]
    while len(parts) > 1:
        half = len(parts) // 2
        parts = [builder.fadd(parts[t], parts[t + half]) for t in range(half)]
    return parts[0]


@intrinsic
def _dot(typingctx, a, i, b, j, n):  # type: ignore[no-untyped-def]
    """Sum of ``a[i + t] * b[j + t]`` for t below n."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        one = _pointer(context, builder, signature.args[0], args[0], args[1])
        two = _pointer(context, builder, signature.args[2], args[2], args[3])
        total = cgutils.alloca_once_value(builder, ir.Constant(vector, [0.0] * LANES))
        with _loop(builder, args[4]) as (place, _):
            x, _ = _load(builder, one, place, vector)
            y, _ = _load(builder, two, place, vector)
            builder.store(builder.fadd(builder.load(total), builder.fmul(x, y)), total)
        return _across(builder, builder.load(total))

    return a.dtype(a, types.int64, b, types.int64, types.int64), codegen


@intrinsic
def _axpy(typingctx, y, i, factor, x, j, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factor * x[j + t]`` for t below n."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        target = _pointer(context, builder, signature.args[0], args[0], args[1])
        source = _pointer(context, builder, signature.args[3], args[3], args[4])
        factor = _spread(builder, args[2])
        with _loop(builder, args[5]) as (place, _):
            value, _ = _load(builder, source, place, vector)
            old, there = _load(builder, target, place, vector)
            builder.store(builder.fadd(old, builder.fmul(factor, value)), there, align=4)
        return context.get_dummy_value()

    return types.void(y, types.int64, y.dtype, x, types.int64, types.int64), codegen


@intrinsic
def _renew_row(typingctx, part, words, i, stats, weights, n):  # type: ignore[no-untyped-def]
    """One row of words anew: ``new = (words - eta) * keep + gain * stats * words``.

    `weights` is (eta, keep, gain) in float32. Also ``part += new``, ``words = new + eta``,
    ``stats = 0``.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        zero = ir.Constant(args[2].type, 0)
        part = _pointer(context, builder, signature.args[0], args[0], zero)
        words = _pointer(context, builder, signature.args[1], args[1], args[2])
        stats = _pointer(context, builder, signature.args[3], args[3], args[2])
        eta, keep, gain = (
            _spread(builder, builder.extract_value(args[4], place)) for place in range(3)
        )
        with _loop(builder, args[5]) as (place, _):
            old, there = _load(builder, words, place, vector)
            extra, source = _load(builder, stats, place, vector)
            kept = builder.fmul(builder.fsub(old, eta), keep)
            new = builder.fadd(kept, builder.fmul(builder.fmul(gain, extra), old))
            total, sums = _load(builder, part, place, vector)
            builder.store(builder.fadd(total, new), sums, align=4)
            builder.store(builder.fadd(new, eta), there, align=4)
            builder.store(ir.Constant(vector, [0.0] * LANES), source, align=4)
        return context.get_dummy_value()

    weights_type = types.UniTuple(types.float32, 3)
    return types.void(part, words, types.int64, stats, weights_type, types.int64), codegen


@intrinsic
def _add_four(typingctx, y, i, factors, x, strides, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factors[j + q * a] * x[m + q * b + t]`` for q = 0, 1, 2, 3 in turn.

    `strides` is (j, a, m, b).
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        target = _pointer(context, builder, signature.args[0], args[0], args[1])
        first, apart, begin, wide = (builder.extract_value(args[4], place) for place in range(4))
        factor = _pointer(context, builder, signature.args[2], args[2], first)
        source = _pointer(context, builder, signature.args[3], args[3], begin)
        four = [ir.Constant(first.type, q) for q in range(4)]
        places = [builder.gep(factor, [builder.mul(apart, q)]) for q in four]
        weights = [_spread(builder, builder.load(place)) for place in places]
        steps = [builder.mul(wide, q) for q in four]
        sources = [builder.gep(source, [step]) for step in steps]
        with _loop(builder, args[5]) as (place, _):
            total, there = _load(builder, target, place, vector)
            for weight, row in zip(weights, sources, strict=True):
                value, _ = _load(builder, row, place, vector)
                total = builder.fadd(total, builder.fmul(weight, value))
            builder.store(total, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, factors, x, types.UniTuple(whole, 4), whole), codegen


@intrinsic
def _dot_four(typingctx, out, i, a, x, m, stride, n):  # type: ignore[no-untyped-def]
    """``out[i + q] = sum of a[t] * x[m + q * stride + t]`` for q < 4, t below n."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[2])
        zero = ir.Constant(args[1].type, 0)
        result = _pointer(context, builder, signature.args[0], args[0], args[1])
        left = _pointer(context, builder, signature.args[2], args[2], zero)
        right = _pointer(context, builder, signature.args[3], args[3], args[4])
        four = [ir.Constant(args[1].type, q) for q in range(4)]
        sources = [builder.gep(right, [builder.mul(args[5], q)]) for q in four]
        empty = ir.Constant(vector, [0.0] * LANES)
        totals = [cgutils.alloca_once_value(builder, empty) for _ in four]
        with _loop(builder, args[6]) as (place, _):
            value, _ = _load(builder, left, place, vector)
            for total, source in zip(totals, sources, strict=True):
                other, _ = _load(builder, source, place, vector)
                builder.store(builder.fadd(builder.load(total), builder.fmul(value, other)), total)
        for q, total in zip(four, totals, strict=True):
            builder.store(_across(builder, builder.load(total)), builder.gep(result, [q]))
        return context.get_dummy_value()

    whole = types.int64
    return types.void(out, whole, a, x, whole, whole, whole), codegen


@intrinsic
def _add_two(typingctx, y, i, factors, a, b, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factors[0] * a[t] + factors[1] * b[t]`` for t below n, in turn."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        zero = ir.Constant(args[1].type, 0)
        target = _pointer(context, builder, signature.args[0], args[0], args[1])
        sources = [_pointer(context, builder, signature.args[at], args[at], zero) for at in (3, 4)]
        weights = [_spread(builder, builder.extract_value(args[2], at)) for at in (0, 1)]
        with _loop(builder, args[5]) as (place, _):
            total, there = _load(builder, target, place, vector)
            for weight, row in zip(weights, sources, strict=True):
                value, _ = _load(builder, row, place, vector)
                total = builder.fadd(total, builder.fmul(weight, value))
            builder.store(total, there, align=4)
        return context.get_dummy_value()

    pair = types.UniTuple(y.dtype, 2)
    return types.void(y, types.int64, pair, a, b, types.int64), codegen


# numba's decorator carries no types
dot: Any = _dot
axpy: Any = _axpy
renew_row: Any = _renew_row
add_four: Any = _add_four
add_two: Any = _add_two
dot_four: Any = _dot_four
