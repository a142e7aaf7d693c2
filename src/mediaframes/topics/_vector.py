"""Eight single or four double floats at a time, in one fixed order on every processor.

A compiler may not split a sum of floats into lanes on its own, since that changes its last digits;
here the lanes are written down, so a sum is fast and its bytes depend on no processor. Lengths are
multiples of `LANES`, half as many for double floats (rows are padded with zeros); offsets count
elements from the array's start. What is done to each number apart, or to sums that stand side by
side, is done to twice as many at a time, and lengths are multiples of that: processors with 512
bits take them at once, others in two halves, to the same bytes.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from mediaframes.topics._lanes import (
    EXP_FAR,
    across,
    add_to,
    called,
    chunks,
    exponential,
    groups,
    lanes,
    load,
    load_group,
    logarithm,
    pointer,
    spread,
    spread_all,
    store_group,
    two_sum,
    wide_lanes,
    zeros,
)

WORDS = 32  # whose masses are summed at once: two sums of four wide vectors


@intrinsic
def _dot(typingctx, a, i, b, j, n):  # type: ignore[no-untyped-def]
    """Sum of ``a[i + t] * b[j + t]`` for t below n."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = lanes(signature.args[0])
        one = pointer(context, builder, signature.args[0], args[0], args[1])
        two = pointer(context, builder, signature.args[2], args[2], args[3])
        total = zeros(builder, vector, 1)[0]
        n = args[4]
        zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, vector.count)
        with cgutils.for_range_slice(builder, zero, n, step, n.type) as (place, _):
            x, _ = load(builder, one, place, vector)
            y, _ = load(builder, two, place, vector)
            add_to(builder, total, builder.fmul(x, y))
        return across(builder, builder.load(total))

    return a.dtype(a, types.int64, b, types.int64, types.int64), codegen


@intrinsic
def _sum_twice(typingctx, x, i, n):  # type: ignore[no-untyped-def]
    """Sum of ``x[i + t]`` for t below n, rounded; what that lost; and the sum of the sizes.

    What is lost is known to as many digits again.
    """
    result = types.UniTuple(types.float64, 3)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        source = pointer(context, builder, signature.args[0], args[0], args[1])
        n = args[2]
        high, low, size = zeros(builder, vector, 3)

        def take(value):  # type: ignore[no-untyped-def]
            total, lost = two_sum(builder, builder.load(high), value)
            builder.store(total, high)
            add_to(builder, low, lost)
            add_to(builder, size, called(builder, "fabs", value))

        zero, one = ir.Constant(n.type, 0), ir.Constant(n.type, 1)
        whole = builder.and_(n, ir.Constant(n.type, -vector.count))
        with cgutils.for_range_slice(
            builder, zero, whole, ir.Constant(n.type, vector.count), n.type
        ) as (place, _):
            take(load(builder, source, place, vector)[0])
        empty = ir.Constant(vector, [0.0] * vector.count)
        with cgutils.for_range_slice(builder, whole, n, one, n.type) as (place, _):
            number = builder.load(builder.gep(source, [place]))
            take(builder.insert_element(empty, number, ir.Constant(ir.IntType(32), 0)))
        total, lost = builder.load(high), builder.load(low)
        while total.type.count > 1:
            half = total.type.count // 2
            halves = [
                ir.Constant(ir.VectorType(ir.IntType(32), half), list(range(at, at + half)))
                for at in (0, half)
            ]
            first, second = (builder.shuffle_vector(total, total, mask) for mask in halves)
            low1, low2 = (builder.shuffle_vector(lost, lost, mask) for mask in halves)
            total, rest = two_sum(builder, first, second)
            lost = builder.fadd(builder.fadd(low1, low2), rest)
        first = ir.Constant(ir.IntType(32), 0)
        total, lost = (builder.extract_element(part, first) for part in (total, lost))
        total, lost = two_sum(builder, total, lost)
        parts = (total, lost, across(builder, builder.load(size)))
        return context.make_tuple(builder, signature.return_type, parts)

    return result(x, types.int64, types.int64), codegen


@intrinsic
def _axpy(typingctx, y, i, factor, x, j, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factor * x[j + t]`` for t below n."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        source = pointer(context, builder, signature.args[3], args[3], args[4])
        for place, vector in chunks(builder, args[5], signature.args[0]):
            value, _ = load(builder, source, place, vector)
            old, there = load(builder, target, place, vector)
            product = builder.fmul(spread(builder, args[2], vector), value)
            builder.store(builder.fadd(old, product), there, align=4)
        return context.get_dummy_value()

    return types.void(y, types.int64, y.dtype, x, types.int64, types.int64), codegen


@intrinsic
def _renew_row(typingctx, part, words, i, stats, weights, n):  # type: ignore[no-untyped-def]
    """One row of words anew: ``new = (words - eta) * keep + gain * stats * words``.

    `weights` is (eta, keep, gain) in float32. Also ``part += new``, ``words = new + eta``,
    ``stats = 0``.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        zero = ir.Constant(args[2].type, 0)
        part = pointer(context, builder, signature.args[0], args[0], zero)
        words = pointer(context, builder, signature.args[1], args[1], args[2])
        stats = pointer(context, builder, signature.args[3], args[3], args[2])
        weights = [builder.extract_value(args[4], place) for place in range(3)]
        for place, vector in chunks(builder, args[5], signature.args[0]):
            eta, keep, gain = spread_all(builder, weights, vector)
            old, there = load(builder, words, place, vector)
            extra, source = load(builder, stats, place, vector)
            kept = builder.fmul(builder.fsub(old, eta), keep)
            new = builder.fadd(kept, builder.fmul(builder.fmul(gain, extra), old))
            total, sums = load(builder, part, place, vector)
            builder.store(builder.fadd(total, new), sums, align=4)
            builder.store(builder.fadd(new, eta), there, align=4)
            builder.store(ir.Constant(vector, [0.0] * vector.count), source, align=4)
        return context.get_dummy_value()

    weights_type = types.UniTuple(types.float32, 3)
    return types.void(part, words, types.int64, stats, weights_type, types.int64), codegen


def _add_rows(scaled):  # type: ignore[no-untyped-def]
    """Code of the two below."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        y, i, factors, x, places, n, width = args[:7]
        vector = wide_lanes(signature.args[0])
        first, apart, begin, stride = (builder.extract_value(places, at) for at in range(4))
        target = pointer(context, builder, signature.args[0], y, i)
        factor = pointer(context, builder, signature.args[2], factors, first)
        source = pointer(context, builder, signature.args[3], x, begin)
        for place, group in groups(builder, width, vector):
            scales: list[Any] = []
            if scaled:
                scale = pointer(context, builder, signature.args[7], args[7], place)
                scales = load_group(builder, scale, ir.Constant(n.type, 0), vector, group)
            sums = zeros(builder, vector, len(group))
            with cgutils.for_range(builder, n, intp=n.type) as loop:
                number = builder.load(builder.gep(factor, [builder.mul(loop.index, apart)]))
                weight = spread(builder, number, vector)
                row = builder.add(builder.mul(loop.index, stride), place)
                values = [value for value, _ in load_group(builder, source, row, vector, group)]
                if scaled:
                    pairs = zip(values, scales, strict=True)
                    values = [builder.fmul(value, by) for value, (by, _) in pairs]
                for value, total in zip(values, sums, strict=True):
                    add_to(builder, total, builder.fmul(weight, value))
            store_group(builder, target, place, vector, sums)
        return context.get_dummy_value()

    return codegen


@intrinsic
def _sum_rows(typingctx, y, i, factors, x, places, n, width):  # type: ignore[no-untyped-def]
    """``y[i + t] = sum of factors[f + a * q] * x[m + b * q + t]`` over q below n, in turn.

    For t below `width`, a multiple of eight; `places` is (f, a, m, b).
    """
    whole = types.int64
    signature = types.void(y, whole, factors, x, types.UniTuple(whole, 4), whole, whole)
    return signature, _add_rows(False)


@intrinsic
def _sum_scaled(typingctx, y, i, factors, x, places, n, width, scale):  # type: ignore[no-untyped-def]
    """The same of ``factors[f + a * q] * (x[m + b * q + t] * scale[t])``."""
    whole = types.int64
    signature = types.void(y, whole, factors, x, types.UniTuple(whole, 4), whole, whole, scale)
    return signature, _add_rows(True)


@intrinsic
def _sum_masses(typingctx, y, i, apart, factors, x, m, n, width):  # type: ignore[no-untyped-def]
    """``y[i + t] = sum of factors[q] * x[m + q * WORDS + t]`` over even q below n, in turn.

    For t below `width`, a multiple of eight; over odd q into ``y[i + apart + t]``. `n` is even.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        integer = args[1].type
        zero, two = ir.Constant(integer, 0), ir.Constant(integer, 2)
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        factor = pointer(context, builder, signature.args[3], args[3], zero)
        source = pointer(context, builder, signature.args[4], args[4], args[5])
        for place, group in groups(builder, args[7], vector):
            sums = [zeros(builder, vector, len(group)) for _ in range(2)]
            with cgutils.for_range_slice(builder, zero, args[6], two, integer) as (first, _):
                for odd in range(2):
                    at = builder.add(first, ir.Constant(integer, odd))
                    weight = spread(builder, builder.load(builder.gep(factor, [at])), vector)
                    row = builder.add(builder.mul(at, ir.Constant(integer, WORDS)), place)
                    values = load_group(builder, source, row, vector, group)
                    for (value, _), total in zip(values, sums[odd], strict=True):
                        add_to(builder, total, builder.fmul(weight, value))
            for odd, totals in enumerate(sums):
                step = builder.mul(args[2], ir.Constant(integer, odd))
                store_group(builder, target, builder.add(step, place), vector, totals)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, whole, factors, x, whole, whole, whole), codegen


@intrinsic
def _scale_rows(typingctx, y, sums, x, scale, ratio, root, n, width):  # type: ignore[no-untyped-def]
    """``y[q * width + t] = x[q * width + t] * scale[t] * ratio[q]`` for rows q below n.

    And ``sums[t] = sum of y[q * width + t] * root[q]``, in turn; `width` is a multiple of eight.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector, n, width = wide_lanes(signature.args[0]), args[6], args[7]
        zero = ir.Constant(n.type, 0)
        target, totals, source, wide, one, two = (
            pointer(context, builder, signature.args[at], args[at], zero) for at in range(6)
        )
        for place, group in groups(builder, width, vector):
            scales = load_group(builder, wide, place, vector, group)
            added = zeros(builder, vector, len(group))
            with cgutils.for_range(builder, n, intp=n.type) as loop:
                scalars = [builder.load(builder.gep(each, [loop.index])) for each in (one, two)]
                p, q = spread_all(builder, scalars, vector)
                row = builder.add(builder.mul(loop.index, width), place)
                values = load_group(builder, source, row, vector, group)
                places = load_group(builder, target, row, vector, group)
                for (value, _), (by, _), (_, there), total in zip(
                    values, scales, places, added, strict=True
                ):
                    new = builder.fmul(builder.fmul(value, by), p)
                    builder.store(new, there, align=4)
                    add_to(builder, total, builder.fmul(new, q))
            store_group(builder, totals, place, vector, added)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, sums, x, scale, ratio, root, whole, whole), codegen


@intrinsic
def _add_shares(typingctx, y, i, x, scale, rows, numbers, n, width):  # type: ignore[no-untyped-def]
    """``y[i + t] += x[i + t] * scale[width * rows[a] + t] * p * q * r`` for a below n.

    In turn, each from the left; p, q, r are row a of `numbers` (n, 3); t below `width`, a multiple
    of eight.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector, n, width = wide_lanes(signature.args[0]), args[6], args[7]
        zero = ir.Constant(n.type, 0)
        pairs = ((0, args[1]), (2, args[1]), (3, zero), (4, zero), (5, zero))
        target, source, wide, places, three = (
            pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        for place, group in groups(builder, width, vector):
            values = load_group(builder, source, place, vector, group)
            olds = load_group(builder, target, place, vector, group)
            sums = [cgutils.alloca_once_value(builder, old) for old, _ in olds]
            with cgutils.for_range(builder, n, intp=n.type) as loop:
                row = builder.mul(builder.load(builder.gep(places, [loop.index])), width)
                first = builder.mul(loop.index, ir.Constant(n.type, 3))
                scalars = [
                    builder.load(builder.gep(three, [builder.add(first, ir.Constant(n.type, at))]))
                    for at in range(3)
                ]
                weights = spread_all(builder, scalars, vector)
                shares = load_group(builder, wide, builder.add(row, place), vector, group)
                for (value, _), (share, _), total in zip(values, shares, sums, strict=True):
                    part = builder.fmul(value, share)
                    for weight in weights:
                        part = builder.fmul(part, weight)
                    add_to(builder, total, part)
            store_group(builder, target, place, vector, sums)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, x, scale, rows, numbers, whole, whole), codegen


@intrinsic
def _sum_logs(typingctx, x, i, apart, factors, n):  # type: ignore[no-untyped-def]
    """Sum of ``factors[t] * log(x[i + t] + x[i + apart + t])`` for t below n, and the least such.

    The least of what the logarithm is taken of, that is: for normal positive numbers each is off by
    less than one digit of the last place. `n` is a multiple of eight.
    """
    result = types.UniTuple(types.float64, 2)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        one = pointer(context, builder, signature.args[0], args[0], args[1])
        two = builder.gep(one, [args[2]])
        n = args[4]
        zero, step = ir.Constant(n.type, 0), ir.Constant(n.type, vector.count)
        numbers = pointer(context, builder, signature.args[3], args[3], zero)
        (total,) = zeros(builder, vector, 1)
        most = ir.Constant(vector, [float("inf")] * vector.count)
        least = cgutils.alloca_once_value(builder, most)
        with cgutils.for_range_slice(builder, zero, n, step, n.type) as (place, _):
            first, _ = load(builder, one, place, vector)
            second, _ = load(builder, two, place, vector)
            value = builder.fadd(first, second)
            factor, _ = load(builder, numbers, place, vector)
            add_to(builder, total, builder.fmul(factor, logarithm(builder, value)))
            old = builder.load(least)
            less = builder.fcmp_ordered("<", value, old)
            builder.store(builder.select(less, value, old), least)
        low = builder.load(least)
        single = builder.extract_element(low, ir.Constant(ir.IntType(32), 0))
        for lane in range(1, vector.count):
            other = builder.extract_element(low, ir.Constant(ir.IntType(32), lane))
            single = builder.select(builder.fcmp_ordered("<", other, single), other, single)
        parts = (across(builder, builder.load(total)), single)
        return context.make_tuple(builder, signature.return_type, parts)

    return result(x, types.int64, types.int64, factors, types.int64), codegen


@intrinsic
def _exps(typingctx, y, x, n):  # type: ignore[no-untyped-def]
    """``y[t] = exp(x[t])`` for t below n; the library's where a number is far from 0."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        zero, number = ir.Constant(args[2].type, 0), ir.IntType(32)
        target, source = (
            pointer(context, builder, signature.args[at], args[at], zero) for at in range(2)
        )
        for place, vector in chunks(builder, args[2], signature.args[0]):
            value, _ = load(builder, source, place, vector)
            _, there = load(builder, target, place, vector)
            size = called(builder, "fabs", value)
            far = ir.Constant(vector, [EXP_FAR] * vector.count)
            near = builder.fcmp_ordered("<", size, far)
            bits = builder.bitcast(near, ir.IntType(vector.count))
            with builder.if_else(builder.icmp_signed("==", bits, ir.Constant(bits.type, -1))) as (
                all_near,
                some_far,
            ):
                with all_near:
                    builder.store(exponential(builder, value), there, align=4)
                with some_far:
                    for lane in range(vector.count):
                        at = ir.Constant(number, lane)
                        one = called(builder, "exp", builder.extract_element(value, at))
                        value = builder.insert_element(value, one, at)
                    builder.store(value, there, align=4)
        return context.get_dummy_value()

    return types.void(y, x, types.int64), codegen


# numba's decorator carries no types
dot: Any = _dot
sum_twice: Any = _sum_twice
axpy: Any = _axpy
renew_row: Any = _renew_row
sum_rows: Any = _sum_rows
sum_scaled: Any = _sum_scaled
sum_masses: Any = _sum_masses
scale_rows: Any = _scale_rows
add_shares: Any = _add_shares
sum_logs: Any = _sum_logs
exps: Any = _exps
