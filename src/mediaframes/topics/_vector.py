"""Eight single or four double floats at a time, in one fixed order on every processor.

A compiler may not split a sum of floats into lanes on its own, since that changes its last digits;
here the lanes are written down, so a sum is fast and its bytes depend on no processor. Lengths are
multiples of `LANES`, half as many for double floats (rows are padded with zeros); offsets count
elements from the array's start. What is done to each number apart is done to twice as many at a
time: processors with 512 bits take them at once, others in two halves, to the same bytes.
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
    chunks,
    exponential,
    lanes,
    load,
    logarithm,
    pointer,
    quotient,
    reciprocal,
    spread,
    spread_all,
    turned,
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
            kind = ir.FunctionType(vector, [vector])
            name = f"llvm.fabs.v{vector.count}f64"
            absolute = cgutils.get_or_insert_function(builder.module, kind, name)
            add_to(builder, size, builder.call(absolute, [value]))

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


@intrinsic
def _add_four(typingctx, y, i, factors, x, strides, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += factors[j + q * a] * x[m + q * b + t]`` for q = 0, 1, 2, 3 in turn.

    `strides` is (j, a, m, b).
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        first, apart, begin, wide = (builder.extract_value(args[4], place) for place in range(4))
        factor = pointer(context, builder, signature.args[2], args[2], first)
        source = pointer(context, builder, signature.args[3], args[3], begin)
        four = [ir.Constant(first.type, q) for q in range(4)]
        numbers = [builder.load(builder.gep(factor, [builder.mul(apart, q)])) for q in four]
        sources = [builder.gep(source, [builder.mul(wide, q)]) for q in four]
        for place, vector in chunks(builder, args[5], signature.args[0]):
            weights = spread_all(builder, numbers, vector)
            total, there = load(builder, target, place, vector)
            for weight, row in zip(weights, sources, strict=True):
                value, _ = load(builder, row, place, vector)
                total = builder.fadd(total, builder.fmul(weight, value))
            builder.store(total, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, factors, x, types.UniTuple(whole, 4), whole), codegen


@intrinsic(prefer_literal=True)
def _sum_masses(typingctx, y, i, apart, factors, x, m, n, parts):  # type: ignore[no-untyped-def]
    """``y[i + t] = sum of factors[q] * x[m + q * WORDS + t]`` over even q below n, in turn.

    For t below eight times `parts`, which is written out as a number from 1 to 4; over odd q into
    ``y[i + apart + t]``. `n` is even.
    """
    count = parts.literal_value

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        integer, steps = args[1].type, range(count)
        zero, two = ir.Constant(integer, 0), ir.Constant(integer, 2)
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        factor = pointer(context, builder, signature.args[3], args[3], zero)
        source = pointer(context, builder, signature.args[4], args[4], args[5])
        sums = [zeros(builder, vector, count) for _ in range(2)]
        with cgutils.for_range_slice(builder, zero, args[6], two, integer) as (place, _):
            for odd in range(2):
                at = builder.add(place, ir.Constant(integer, odd))
                weight = spread(builder, builder.load(builder.gep(factor, [at])), vector)
                begin = builder.mul(at, ir.Constant(integer, WORDS))
                for part in steps:
                    step = ir.Constant(integer, part * vector.count)
                    value, _ = load(builder, source, builder.add(begin, step), vector)
                    add_to(builder, sums[odd][part], builder.fmul(weight, value))
        for which, totals in enumerate(sums):
            for part, total in enumerate(totals):
                place = builder.mul(args[2], ir.Constant(integer, which))
                place = builder.add(place, ir.Constant(integer, part * vector.count))
                _, there = load(builder, target, place, vector)
                builder.store(builder.load(total), there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, whole, factors, x, whole, whole, parts), codegen


@intrinsic(prefer_literal=True)
def _sum_scaled(typingctx, y, i, factors, x, stride, scale, n, parts):  # type: ignore[no-untyped-def]
    """``y[i + t] = sum of factors[j] * (x[i + j * stride + t] * scale[i + t])`` over j below n.

    In turn; t below eight times `parts`, which is written out as a number from 1 to 4.
    """
    count = parts.literal_value

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        integer = args[1].type
        pairs = ((0, args[1]), (2, ir.Constant(integer, 0)), (3, args[1]), (5, args[1]))
        target, factor, source, wide = (
            pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        steps = [ir.Constant(integer, part * vector.count) for part in range(count)]
        scales = [load(builder, wide, step, vector)[0] for step in steps]
        sums = zeros(builder, vector, count)
        with cgutils.for_range(builder, args[6], intp=integer) as loop:
            weight = spread(builder, builder.load(builder.gep(factor, [loop.index])), vector)
            begin = builder.mul(loop.index, args[4])
            for step, by, total in zip(steps, scales, sums, strict=True):
                value, _ = load(builder, source, builder.add(begin, step), vector)
                add_to(builder, total, builder.fmul(weight, builder.fmul(value, by)))
        for step, total in zip(steps, sums, strict=True):
            _, there = load(builder, target, step, vector)
            builder.store(builder.load(total), there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, factors, x, whole, scale, whole, parts), codegen


@intrinsic
def _renew_inverse(typingctx, y, i, numbers, a, b, n):  # type: ignore[no-untyped-def]
    """``y[i + t] += (p * a[t] - q * a[t] - r * b[t]) / s`` for t below n.

    `numbers` is (p, q, r, s).
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        zero = ir.Constant(args[1].type, 0)
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        one = pointer(context, builder, signature.args[3], args[3], zero)
        two = pointer(context, builder, signature.args[4], args[4], zero)
        numbers = [builder.extract_value(args[2], at) for at in range(4)]
        numbers[3:] = reciprocal(builder, numbers[3])
        for place, vector in chunks(builder, args[5], signature.args[0]):
            p, q, r, *divisor = spread_all(builder, numbers, vector)
            old, there = load(builder, target, place, vector)
            x, _ = load(builder, one, place, vector)
            z, _ = load(builder, two, place, vector)
            change = builder.fsub(builder.fmul(p, x), builder.fmul(q, x))
            change = builder.fsub(change, builder.fmul(r, z))
            builder.store(builder.fadd(old, quotient(builder, change, *divisor)), there, align=4)
        return context.get_dummy_value()

    numbers_type = types.UniTuple(y.dtype, 4)
    return types.void(y, types.int64, numbers_type, a, b, types.int64), codegen


@intrinsic
def _transpose(typingctx, y, i, wide, x, j, stride):  # type: ignore[no-untyped-def]
    """The square of four rows at `j`, each `stride` after the one before, turned into that at `i`.

    There each row is `wide` after the one before.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = lanes(signature.args[0])
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        source = pointer(context, builder, signature.args[3], args[3], args[4])
        four = [ir.Constant(args[1].type, q) for q in range(4)]
        rows = [load(builder, source, builder.mul(args[5], q), vector)[0] for q in four]
        for row, q in zip(turned(builder, rows), four, strict=True):
            _, there = load(builder, target, builder.mul(args[2], q), vector)
            builder.store(row, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, whole, x, whole, whole), codegen


@intrinsic
def _fetch(typingctx, y, i, z, j, x, places, m, n):  # type: ignore[no-untyped-def]
    """Eight rows of n numbers: ``y[i + q * n + t] = x[places[m + q] * n + t]``, and turned in `z`.

    There ``z[j + q + t * WORDS]`` is the same. `n` is a multiple of eight.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        n, zero = args[7], ir.Constant(args[7].type, 0)
        pairs = ((0, args[1]), (2, args[3]), (4, zero), (5, args[6]))
        target, across_target, source, where = (
            pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        eight = [ir.Constant(n.type, q) for q in range(vector.count)]
        begins = [builder.mul(builder.load(builder.gep(where, [q])), n) for q in eight]
        step = ir.Constant(n.type, vector.count)
        with cgutils.for_range_slice(builder, zero, n, step, n.type) as (place, _):
            rows = []
            for q, begin in zip(eight, begins, strict=True):
                value, _ = load(builder, source, builder.add(begin, place), vector)
                _, there = load(builder, target, builder.add(builder.mul(q, n), place), vector)
                builder.store(value, there, align=4)
                rows.append(value)
            for q, row in zip(eight, turned(builder, rows), strict=True):
                at = builder.mul(builder.add(place, q), ir.Constant(n.type, WORDS))
                _, there = load(builder, across_target, at, vector)
                builder.store(row, there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, z, whole, x, places, whole, whole), codegen


@intrinsic(prefer_literal=True)
def _products(typingctx, y, i, x, j, z, m, stride, n, high, wide):  # type: ignore[no-untyped-def]
    """``y[i + q * stride + t] = sum of x[j + s] * z[m + s]`` over n rows, in turn.

    With ``s = q`` and ``s = t`` plus the row's number times `stride`; q below `high`, t below eight
    times `wide`, both written out as numbers whose product is at most 8.
    """
    rows, parts = high.literal_value, wide.literal_value

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        one, two = (
            pointer(context, builder, signature.args[at], args[at], args[at + 1]) for at in (2, 4)
        )
        sums = [zeros(builder, vector, parts) for _ in range(rows)]
        steps = [ir.Constant(args[1].type, part * vector.count) for part in range(parts)]
        with cgutils.for_range(builder, args[7], intp=args[7].type) as loop:
            place = builder.mul(loop.index, args[6])
            values = [load(builder, two, builder.add(place, step), vector)[0] for step in steps]
            for q, totals in enumerate(sums):
                at = builder.add(place, ir.Constant(args[1].type, q))
                number = spread(builder, builder.load(builder.gep(one, [at])), vector)
                for value, total in zip(values, totals, strict=True):
                    add_to(builder, total, builder.fmul(number, value))
        for q, totals in enumerate(sums):
            begin = builder.mul(args[6], ir.Constant(args[1].type, q))
            for step, total in zip(steps, totals, strict=True):
                _, there = load(builder, target, builder.add(begin, step), vector)
                builder.store(builder.load(total), there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, x, whole, z, whole, whole, whole, high, wide), codegen


@intrinsic
def _scale_row(typingctx, y, sums, x, i, scale, numbers, n):  # type: ignore[no-untyped-def]
    """``y[i + t] = x[i + t] * scale[t] * p`` and ``sums[t] += y[i + t] * q``.

    `numbers` is (p, q).
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        zero = ir.Constant(args[3].type, 0)
        pairs = ((0, args[3]), (1, zero), (2, args[3]), (4, zero))
        target, sums, source, wide = (
            pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        numbers = [builder.extract_value(args[5], at) for at in range(2)]
        for place, vector in chunks(builder, args[6], signature.args[0]):
            p, q = spread_all(builder, numbers, vector)
            value, _ = load(builder, source, place, vector)
            weight, _ = load(builder, wide, place, vector)
            total, there = load(builder, sums, place, vector)
            value = builder.fmul(builder.fmul(value, weight), p)
            _, scaled = load(builder, target, place, vector)
            builder.store(value, scaled, align=4)
            builder.store(builder.fadd(total, builder.fmul(value, q)), there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    numbers_type = types.UniTuple(y.dtype, 2)
    return types.void(y, sums, x, whole, scale, numbers_type, whole), codegen


@intrinsic(prefer_literal=True)
def _add_shares(typingctx, y, i, x, scale, j, rows, numbers, stride, n, parts):  # type: ignore[no-untyped-def]
    """``y[i + t] += x[i + t] * scale[j + t + stride * rows[a]] * p * q * r`` for a below n.

    In turn, each from the left; p, q, r are row a of `numbers` (n, 3); t below eight times `parts`,
    which is written out as a number from 1 to 4.
    """
    count = parts.literal_value

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        integer = args[1].type
        zero = ir.Constant(integer, 0)
        pairs = ((0, args[1]), (2, args[1]), (3, args[4]), (5, zero), (6, zero))
        target, source, wide, places, three = (
            pointer(context, builder, signature.args[at], args[at], place) for at, place in pairs
        )
        steps = [ir.Constant(integer, part * vector.count) for part in range(count)]
        values = [load(builder, source, step, vector)[0] for step in steps]
        sums = [
            cgutils.alloca_once_value(builder, load(builder, target, step, vector)[0])
            for step in steps
        ]
        with cgutils.for_range(builder, args[8], intp=integer) as loop:
            row = builder.mul(builder.load(builder.gep(places, [loop.index])), args[7])
            first = builder.mul(loop.index, ir.Constant(integer, 3))
            scalars = [
                builder.load(builder.gep(three, [builder.add(first, ir.Constant(integer, at))]))
                for at in range(3)
            ]
            weights = spread_all(builder, scalars, vector)
            for step, value, total in zip(steps, values, sums, strict=True):
                share, _ = load(builder, wide, builder.add(row, step), vector)
                share = builder.fmul(value, share)
                for weight in weights:
                    share = builder.fmul(share, weight)
                add_to(builder, total, share)
        for step, total in zip(steps, sums, strict=True):
            _, there = load(builder, target, step, vector)
            builder.store(builder.load(total), there, align=4)
        return context.get_dummy_value()

    whole = types.int64
    signature = types.void(y, whole, x, scale, whole, rows, numbers, whole, whole, parts)
    return signature, codegen


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
            kind = ir.FunctionType(vector, [vector])
            name = f"llvm.fabs.v{vector.count}f64"
            size = builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [value])
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
                    single = ir.FunctionType(vector.element, [vector.element])
                    library = cgutils.get_or_insert_function(builder.module, single, "llvm.exp.f64")
                    for lane in range(vector.count):
                        at = ir.Constant(number, lane)
                        one = builder.call(library, [builder.extract_element(value, at)])
                        value = builder.insert_element(value, one, at)
                    builder.store(value, there, align=4)
        return context.get_dummy_value()

    return types.void(y, x, types.int64), codegen


def _take_out(solve, high, wide):  # type: ignore[no-untyped-def]
    """Code of the two below, for so many rows and vectors at once.

    A sum begins with minus the row's number or with nothing. To `solve`, it is divided by minus the
    row's own entry; else it is taken from the row.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        row, first, last, begin, end, width = args[1:7]
        integer, vector = row.type, wide_lanes(signature.args[0])
        one, step = ir.Constant(integer, 1), ir.Constant(integer, wide * vector.count)
        array = pointer(context, builder, signature.args[0], args[0], ir.Constant(integer, 0))
        rows = [builder.add(row, ir.Constant(integer, q)) for q in range(high)]
        own = [builder.gep(array, [builder.mul(number, width)]) for number in rows]
        divisor = builder.fneg(builder.load(builder.gep(own[0], [row])))
        divisor = reciprocal(builder, divisor) if solve else ()
        sums = zeros(builder, vector, high * wide)
        lane = ir.Constant(ir.VectorType(integer, vector.count), list(range(vector.count)))
        empty = ir.Constant(vector, [0.0] * vector.count)
        with cgutils.for_range_slice(builder, begin, end, step, integer) as (place, _):
            parts = [
                builder.add(place, ir.Constant(integer, part * vector.count))
                for part in range(wide)
            ]
            tiles = [(at, there) for at in own for there in parts]
            for (at, there), total in zip(tiles, sums, strict=True):
                old, _ = load(builder, at, there, vector)
                builder.store(builder.fneg(old) if solve else empty, total)
            with cgutils.for_range_slice(builder, first, last, one, integer) as (other, _):
                source = builder.gep(array, [builder.mul(other, width)])
                values = [load(builder, source, there, vector)[0] for there in parts]
                numbers = [builder.load(builder.gep(source, [number])) for number in rows]
                weights = spread_all(builder, numbers, vector)
                pairs = [(weight, value) for weight in weights for value in values]
                for (weight, value), total in zip(pairs, sums, strict=True):
                    add_to(builder, total, builder.fmul(weight, value))
            for (at, there), total in zip(tiles, sums, strict=True):
                old, target = load(builder, at, there, vector)
                new = builder.load(total)
                if solve:
                    new = quotient(builder, new, *spread_all(builder, divisor, vector))
                else:
                    new = builder.fsub(old, new)
                left = spread(builder, builder.sub(end, there), lane.type)
                within = builder.icmp_signed("<", lane, left)
                builder.store(builder.select(within, new, old), target, align=4)
        return context.get_dummy_value()

    return codegen


@intrinsic(prefer_literal=True)
def _solve_row(typingctx, x, row, first, last, begin, end, width, wide):  # type: ignore[no-untyped-def]
    """``x[row, t] = (x[row, t] - sum of x[k, row] * x[k, t]) / x[row, row]``, k from first to last.

    In turn, from minus `x`; t from begin to end, in rows of `width` numbers, so many vectors at
    once as are written out by `wide`.
    """
    whole = types.int64
    signature = types.void(x, whole, whole, whole, whole, whole, whole, wide)
    return signature, _take_out(True, 1, wide.literal_value)


@intrinsic(prefer_literal=True)
def _subtract_rows(typingctx, x, row, first, last, begin, end, width, high):  # type: ignore[no-untyped-def]
    """``x[r, t] -= sum of x[k, r] * x[k, t]``, k from first to last; else as `solve_row`.

    For the rows r from `row` on, so many as are written out by `high`.
    """
    whole = types.int64
    signature = types.void(x, whole, whole, whole, whole, whole, whole, high)
    return signature, _take_out(False, high.literal_value, 1)


# numba's decorator carries no types
dot: Any = _dot
sum_twice: Any = _sum_twice
axpy: Any = _axpy
renew_row: Any = _renew_row
add_four: Any = _add_four
sum_masses: Any = _sum_masses
sum_scaled: Any = _sum_scaled
transpose: Any = _transpose
fetch: Any = _fetch
renew_inverse: Any = _renew_inverse
products: Any = _products
scale_row: Any = _scale_row
add_shares: Any = _add_shares
sum_logs: Any = _sum_logs
exps: Any = _exps
solve_row: Any = _solve_row
subtract_rows: Any = _subtract_rows
