"""Eight single or four double floats at a time, in one fixed order on every processor.

A compiler may not split a sum of floats into lanes on its own, since that changes its last digits;
here the lanes are written down, so a sum is fast and its bytes depend on no processor. Lengths are
multiples of `LANES` (rows are padded with zeros); offsets count elements from the array's start.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8  # of single floats; half as many of double ones


def _vector(array_type):  # type: ignore[no-untyped-def]
    element = ir.FloatType() if array_type.dtype == types.float32 else ir.DoubleType()
    return ir.VectorType(element, LANES if array_type.dtype == types.float32 else LANES // 2)


def _pointer(context, builder, array_type, array, offset):  # type: ignore[no-untyped-def]
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [offset])


def _load(builder, pointer, place, vector):  # type: ignore[no-untyped-def]
    there = builder.bitcast(builder.gep(pointer, [place]), vector.as_pointer())
    return builder.load(there, align=4), there


def _spread(builder, scalar, kind):  # type: ignore[no-untyped-def]
    vector = ir.Constant(kind, ir.Undefined)
    for lane in range(kind.count):
        vector = builder.insert_element(vector, scalar, ir.Constant(ir.IntType(32), lane))
    return vector


def _loop(builder, n, vector):  # type: ignore[no-untyped-def]
    zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, vector.count)
    return cgutils.for_range_slice(builder, zero, n, step, n.type)


def _across(builder, whole):  # type: ignore[no-untyped-def]
    """The sum of a vector's lanes, halves added to halves."""
    parts = [
        builder.extract_element(whole, ir.Constant(ir.IntType(32), lane))
        for lane in range(whole.type.count)
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
        total = cgutils.alloca_once_value(builder, ir.Constant(vector, [0.0] * vector.count))
        with _loop(builder, args[4], vector) as (place, _):
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
        factor = _spread(builder, args[2], vector)
        with _loop(builder, args[5], vector) as (place, _):
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
            _spread(builder, builder.extract_value(args[4], place), vector) for place in range(3)
        )
        with _loop(builder, args[5], vector) as (place, _):
            old, there = _load(builder, words, place, vector)
            extra, source = _load(builder, stats, place, vector)
            kept = builder.fmul(builder.fsub(old, eta), keep)
            new = builder.fadd(kept, builder.fmul(builder.fmul(gain, extra), old))
            total, sums = _load(builder, part, place, vector)
            builder.store(builder.fadd(total, new), sums, align=4)
            builder.store(builder.fadd(new, eta), there, align=4)
            builder.store(ir.Constant(vector, [0.0] * vector.count), source, align=4)
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
        weights = [_spread(builder, builder.load(place), vector) for place in places]
        steps = [builder.mul(wide, q) for q in four]
        sources = [builder.gep(source, [step]) for step in steps]
        with _loop(builder, args[5], vector) as (place, _):
            total, there = _load(builder, target, place, vector)
            for weight, row in zip(weights, sources, strict=True):
                value, _ = _load(builder, row, place, vector)
                total = builder.fadd(total, builder.fmul(weight, value))
            builder.store(total, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, factors, x, types.UniTuple(whole, 4), whole), codegen


@intrinsic
def _add_mass(typingctx, y, even, odd, factors, j, x, m, n):  # type: ignore[no-untyped-def]
    """``y[t] += factors[j + q] * x[m + q * n + t]`` for q = 0, 1, 2, 3 in turn.

    Also into `even` where q is even, into `odd` where it is odd.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        zero = ir.Constant(args[4].type, 0)
        pairs = ((0, zero), (1, zero), (2, zero), (3, args[4]), (5, args[6]))
        whole, even, odd, factor, source = (
            _pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        four = [ir.Constant(args[4].type, q) for q in range(4)]
        weights = [_spread(builder, builder.load(builder.gep(factor, [q])), vector) for q in four]
        sources = [builder.gep(source, [builder.mul(args[7], q)]) for q in four]
        with _loop(builder, args[7], vector) as (place, _):
            total, there = _load(builder, whole, place, vector)
            halves = [_load(builder, half, place, vector) for half in (even, odd)]
            sums = [value for value, _ in halves]
            for q, (weight, row) in enumerate(zip(weights, sources, strict=True)):
                value, _ = _load(builder, row, place, vector)
                product = builder.fmul(weight, value)
                total = builder.fadd(total, product)
                sums[q % 2] = builder.fadd(sums[q % 2], product)
            builder.store(total, there, align=4)
            for value, (_, target) in zip(sums, halves, strict=True):
                builder.store(value, target, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, even, odd, factors, whole, x, whole, whole), codegen


@intrinsic
def _add_scaled(typingctx, y, i, factors, j, x, m, scale, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factors[j + q] * (x[m + q * n + t] * scale[t])`` for q = 0, 1, 2, 3 in turn."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        zero = ir.Constant(args[1].type, 0)
        pairs = ((0, args[1]), (2, args[3]), (4, args[5]), (6, zero))
        target, factor, source, wide = (
            _pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        four = [ir.Constant(args[1].type, q) for q in range(4)]
        weights = [_spread(builder, builder.load(builder.gep(factor, [q])), vector) for q in four]
        sources = [builder.gep(source, [builder.mul(args[7], q)]) for q in four]
        with _loop(builder, args[7], vector) as (place, _):
            total, there = _load(builder, target, place, vector)
            scales, _ = _load(builder, wide, place, vector)
            for weight, row in zip(weights, sources, strict=True):
                value, _ = _load(builder, row, place, vector)
                total = builder.fadd(total, builder.fmul(weight, builder.fmul(value, scales)))
            builder.store(total, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, factors, whole, x, whole, scale, whole), codegen


@intrinsic
def _renew_inverse(typingctx, y, i, numbers, a, b, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += (p * a[t] - q * a[t] - r * b[t]) / s`` for t below n.

    `numbers` is (p, q, r, s).
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        zero = ir.Constant(args[1].type, 0)
        target = _pointer(context, builder, signature.args[0], args[0], args[1])
        one = _pointer(context, builder, signature.args[3], args[3], zero)
        two = _pointer(context, builder, signature.args[4], args[4], zero)
        p, q, r, s = (
            _spread(builder, builder.extract_value(args[2], at), vector) for at in range(4)
        )
        with _loop(builder, args[5], vector) as (place, _):
            old, there = _load(builder, target, place, vector)
            x, _ = _load(builder, one, place, vector)
            z, _ = _load(builder, two, place, vector)
            change = builder.fsub(builder.fmul(p, x), builder.fmul(q, x))
            change = builder.fsub(change, builder.fmul(r, z))
            builder.store(builder.fadd(old, builder.fdiv(change, s)), there, align=4)
        return context.get_dummy_value()

    numbers_type = types.UniTuple(y.dtype, 4)
    return types.void(y, types.int64, numbers_type, a, b, types.int64), codegen


@intrinsic
def _transpose(typingctx, x, i, j, stride):  # type: ignore[no-untyped-def]
    """The square of four rows at `i`, each `stride` after the one before, turned into that at `j`.

    By exchanging halves and quarters.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = _vector(signature.args[0])
        number = ir.IntType(32)
        sides = [_pointer(context, builder, signature.args[0], args[0], at) for at in args[1:3]]
        steps = [builder.mul(args[3], ir.Constant(args[3].type, q)) for q in range(4)]
        rows = [_load(builder, sides[0], step, vector)[0] for step in steps]
        for bit in (1, 2):
            low = [lane if not lane & bit else 4 + (lane ^ bit) for lane in range(4)]
            high = [lane | bit if not lane & bit else 4 + lane for lane in range(4)]
            masks = [ir.Constant(ir.VectorType(number, 4), mask) for mask in (low, high)]
            for row in (row for row in range(4) if not row & bit):
                pair = rows[row], rows[row | bit]
                rows[row], rows[row | bit] = (builder.shuffle_vector(*pair, mask) for mask in masks)
        for row, step in zip(rows, steps, strict=True):
            _, there = _load(builder, sides[1], step, vector)
            builder.store(row, there, align=4)
        return context.get_dummy_value()

    return types.void(x, types.int64, types.int64, types.int64), codegen


# numba's decorator carries no types
dot: Any = _dot
axpy: Any = _axpy
renew_row: Any = _renew_row
add_four: Any = _add_four
add_mass: Any = _add_mass
add_scaled: Any = _add_scaled
transpose: Any = _transpose
renew_inverse: Any = _renew_inverse
