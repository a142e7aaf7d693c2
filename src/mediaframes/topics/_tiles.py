"""Squares of numbers, several rows of vectors at a time, their terms in one fixed order.

What `_vector` says of lanes and lengths holds here: the bytes depend on no processor.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from mediaframes.topics._lanes import (
    add_to,
    chunks,
    groups,
    lanes,
    load,
    load_group,
    pointer,
    quotient,
    reciprocal,
    spread,
    spread_all,
    store_group,
    turned,
    wide_lanes,
    zeros,
)
from mediaframes.topics._vector import WORDS


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
def _products(typingctx, y, i, x, j, m, stride, n, high):  # type: ignore[no-untyped-def]
    """``y[i + q * stride + t] = sum of x[j + s] * x[m + s]`` over n rows, in turn.

    With ``s = q`` and ``s = t`` plus the row's number times `stride`; t below 8, q below `high`,
    which is written out as a number up to 8.
    """
    rows = range(high.literal_value)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector = wide_lanes(signature.args[0])
        target = pointer(context, builder, signature.args[0], args[0], args[1])
        one, two = (
            pointer(context, builder, signature.args[2], args[2], args[at]) for at in (3, 4)
        )
        steps = [ir.Constant(args[1].type, q) for q in rows]
        sums = zeros(builder, vector, len(rows))
        with cgutils.for_range(builder, args[6], intp=args[6].type) as loop:
            place = builder.mul(loop.index, args[5])
            value, _ = load(builder, two, place, vector)
            for q, total in zip(steps, sums, strict=True):
                number = builder.load(builder.gep(one, [builder.add(place, q)]))
                add_to(builder, total, builder.fmul(spread(builder, number, vector), value))
        for q, total in zip(steps, sums, strict=True):
            store_group(builder, target, builder.mul(args[5], q), vector, [total])
        return context.get_dummy_value()

    whole = types.int64
    return types.void(y, whole, x, whole, whole, whole, whole, high), codegen


@intrinsic
def _invert_rows(typingctx, y, x, ones, row, width):  # type: ignore[no-untyped-def]
    """Four columns of the inverse of a triangle, as rows of `y` from `row` on, after those before.

    ``y[r, t] = -ones[r - row] * sum of x[k, r] * y[k, t]`` over k from t below r, in turn, and
    ``y[r, r] = ones[r - row]``, which is one over ``x[r, r]``; `row` is a multiple of four.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        vector, row, width = wide_lanes(signature.args[0]), args[3], args[4]
        zero, one = ir.Constant(row.type, 0), ir.Constant(row.type, 1)
        step = ir.Constant(row.type, vector.count)
        target, source, single = (
            pointer(context, builder, signature.args[at], args[at], zero) for at in range(3)
        )
        four = [ir.Constant(row.type, q) for q in range(4)]
        rows = [builder.add(row, q) for q in four]
        numbers = [builder.load(builder.gep(single, [q])) for q in four]
        lane = ir.Constant(ir.VectorType(row.type, vector.count), list(range(vector.count)))
        sums = zeros(builder, vector, 4)
        with cgutils.for_range_slice(builder, zero, builder.add(row, one), step, row.type) as (
            place,
            _,
        ):
            for total in sums:
                builder.store(ir.Constant(vector, [0.0] * vector.count), total)
            with cgutils.for_range_slice(builder, place, row, one, row.type) as (other, _):
                begin = builder.mul(other, width)
                value, _ = load(builder, target, builder.add(begin, place), vector)
                for number, total in zip(rows, sums, strict=True):
                    weight = builder.load(builder.gep(source, [builder.add(begin, number)]))
                    add_to(builder, total, builder.fmul(spread(builder, weight, vector), value))
            found: list[Any] = []
            for own, number, total in zip(rows, numbers, sums, strict=True):
                for before, value in zip(rows, found, strict=False):
                    at = builder.add(builder.mul(before, width), own)
                    weight = spread(builder, builder.load(builder.gep(source, [at])), vector)
                    add_to(builder, total, builder.fmul(weight, value))
                new = builder.fmul(
                    builder.load(total), spread(builder, builder.fneg(number), vector)
                )
                diagonal = spread(builder, builder.sub(own, place), lane.type)
                on = builder.icmp_signed("==", lane, diagonal)
                found.append(builder.select(on, spread(builder, number, vector), new))
                at = builder.add(builder.mul(own, width), place)
                builder.store(found[-1], load(builder, target, at, vector)[1], align=4)
        return context.get_dummy_value()

    return types.void(y, x, ones, types.int64, types.int64), codegen


def _take_out(solve, high, most):  # type: ignore[no-untyped-def]
    """Code of the two below, for so many rows and at most so many vectors at once.

    A sum begins with minus the row's number or with nothing. To `solve`, it is divided by minus the
    row's own entry; else it is taken from the row.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        row, first, last, begin, end, width = args[1:7]
        integer, vector = row.type, wide_lanes(signature.args[0])
        zero, one = ir.Constant(integer, 0), ir.Constant(integer, 1)
        array = pointer(context, builder, signature.args[0], args[0], zero)
        rows = [builder.add(row, ir.Constant(integer, q)) for q in range(high)]
        own = [builder.gep(array, [builder.mul(number, width)]) for number in rows]
        divisor = builder.fneg(builder.load(builder.gep(own[0], [row])))
        divisor = reciprocal(builder, divisor) if solve else ()
        lane = ir.Constant(ir.VectorType(integer, vector.count), list(range(vector.count)))
        empty = ir.Constant(vector, [0.0] * vector.count)
        size = builder.add(builder.sub(end, begin), ir.Constant(integer, vector.count - 1))
        size = builder.and_(size, ir.Constant(integer, -vector.count))
        for step, group in groups(builder, size, vector, most):
            place = builder.add(begin, step)
            olds = [old for at in own for old in load_group(builder, at, place, vector, group)]
            sums = zeros(builder, vector, len(olds))
            for (old, _), total in zip(olds, sums, strict=True):
                builder.store(builder.fneg(old) if solve else empty, total)
            with cgutils.for_range_slice(builder, first, last, one, integer) as (other, _):
                source = builder.gep(array, [builder.mul(other, width)])
                values = load_group(builder, source, place, vector, group)
                numbers = [builder.load(builder.gep(source, [number])) for number in rows]
                weights = spread_all(builder, numbers, vector)
                pairs = [(weight, value) for weight in weights for value, _ in values]
                for (weight, value), total in zip(pairs, sums, strict=True):
                    add_to(builder, total, builder.fmul(weight, value))
            parts = [part for _ in own for part in group]
            for (old, target), total, part in zip(olds, sums, parts, strict=True):
                new = builder.load(total)
                if solve:
                    new = quotient(builder, new, *spread_all(builder, divisor, vector))
                else:
                    new = builder.fsub(old, new)
                left = builder.sub(
                    builder.sub(end, place), ir.Constant(integer, part * vector.count)
                )
                within = builder.icmp_signed("<", lane, spread(builder, left, lane.type))
                builder.store(builder.select(within, new, old), target, align=4)
        return context.get_dummy_value()

    return codegen


@intrinsic
def _solve_row(typingctx, x, row, first, last, begin, end, width):  # type: ignore[no-untyped-def]
    """``x[row, t] = (x[row, t] - sum of x[k, row] * x[k, t]) / x[row, row]``, k from first to last.

    In turn, from minus `x`; t from begin to end, in rows of `width` numbers.
    """
    return types.void(x, *[types.int64] * 6), _take_out(True, 1, 4)


@intrinsic(prefer_literal=True)
def _subtract_rows(typingctx, x, row, first, last, begin, end, width, high):  # type: ignore[no-untyped-def]
    """``x[r, t] -= sum of x[k, r] * x[k, t]``, k from first to last; else as `solve_row`.

    For the rows r from `row` on, so many as are written out by `high`.
    """
    return types.void(x, *[types.int64] * 6, high), _take_out(False, high.literal_value, 1)


# numba's decorator carries no types
renew_inverse: Any = _renew_inverse
transpose: Any = _transpose
fetch: Any = _fetch
products: Any = _products
invert_rows: Any = _invert_rows
solve_row: Any = _solve_row
subtract_rows: Any = _subtract_rows
