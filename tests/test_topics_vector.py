"""Operations on vectors give, to the last bit, what the plain loops they stand for give."""

import numpy as np
import pytest
from numba import njit

from mediaframes.topics import _algebra
from mediaframes.topics import _vector as vector


@njit
def _logs(x):  # type: ignore[no-untyped-def]
    """One at a time: the others of a vector are ones, whose logarithm is 0."""
    y, pair, factors = np.zeros(len(x)), np.zeros(16), np.ones(8)
    for t in range(len(x)):
        pair[:8] = 1.0
        pair[t % 8] = x[t] / 2
        pair[8:] = 0.0
        pair[8 + t % 8] = x[t] / 2
        y[t] = vector.sum_logs(pair, 0, 8, factors, 8)[0]
    return y


@njit
def _exps(x):  # type: ignore[no-untyped-def]
    y = np.zeros(len(x))
    vector.exps(y, x, len(x))
    return y


@njit
def _renew(y, numbers, a, b):  # type: ignore[no-untyped-def]
    vector.renew_inverse(y, 0, numbers, a, b, len(y))


@njit
def _masses(weights, columns, k):  # type: ignore[no-untyped-def]
    masses = np.zeros((2, vector.WORDS))
    vector.sum_masses(masses, 0, vector.WORDS, weights, columns, 0, k, 4)
    return masses


@njit
def _scaled(factors, rows, width, scale, n):  # type: ignore[no-untyped-def]
    sums = np.zeros(width)
    vector.sum_scaled(sums, 0, factors, rows, width, scale, n, 4)
    vector.sum_scaled(sums, 32, factors, rows, width, scale, n, 1)
    return sums


@njit
def _products(rows, stride, n):  # type: ignore[no-untyped-def]
    y = np.zeros(4 * stride)
    vector.products(y, 8, rows, 4, 8, stride, n)
    return y


@pytest.mark.parametrize(("low", "high"), [(-600.0, 600.0), (-0.2, 0.2), (-18.0, -4.0)])
def test_logarithms_are_off_by_less_than_a_digit_of_the_last_place(low: float, high: float) -> None:
    x = np.exp(np.random.default_rng(1).uniform(low, high, 40_004))
    exact = np.log(x.astype(np.longdouble))
    off = np.abs(_logs(x) - exact) / np.spacing(np.abs(exact.astype(np.float64)))
    assert off.max() < 1


def test_logarithm_of_one_is_zero() -> None:
    assert not _logs(np.ones(4)).any()


@pytest.mark.parametrize("divisor", [np.nextafter(2.0, 0), 1.0, 3.0, 1e-30, 7.1e40, 1 + 2**-52])
def test_quotients_are_those_of_division(divisor: float) -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        # close to powers of two as well, where a first guess is wrong by the most
        a = np.concatenate([rng.normal(size=3000), 2 - rng.random(3004) * 1e-13, np.zeros(4)])
        y, b = np.zeros(len(a)), np.zeros(len(a))
        _renew(y, (2.0, 1.0, 1.0, divisor), a, b)
        np.testing.assert_array_equal(y, (2.0 * a - a) / divisor)


def test_an_inverse_is_renewed_in_the_order_of_the_formula() -> None:
    rng = np.random.default_rng(3)
    a, b, y = rng.normal(size=(3, 52))
    p, q, r, s = rng.normal(size=4) ** 2
    expected = y + (p * a - q * a - r * b) / s
    _renew(y, (p, q, r, s), a, b)
    np.testing.assert_array_equal(y, expected)


def test_masses_are_summed_topic_by_topic_even_and_odd_apart() -> None:
    rng = np.random.default_rng(4)
    k = 10
    weights, columns = rng.random(k), rng.random((k, vector.WORDS))
    expected = np.zeros((2, vector.WORDS))
    for q in range(k):
        expected[q % 2] += weights[q] * columns[q]
    np.testing.assert_array_equal(_masses(weights, columns.ravel(), k), expected)


def test_sums_of_scaled_rows_take_rows_in_turn() -> None:
    rng = np.random.default_rng(5)
    rows, factors, scale = rng.random((13, 40)), rng.random(13), rng.random(40)
    expected = np.zeros(40)
    for factor, row in zip(factors, rows, strict=True):
        expected += factor * (row * scale)
    found = _scaled(factors, rows.ravel(), 40, scale, 13)
    np.testing.assert_array_equal(found, expected)


def test_products_of_rows_take_rows_in_turn() -> None:
    rows = np.random.default_rng(6).normal(size=(9, 16))
    expected = np.zeros((4, 8))
    for row in rows:
        expected += row[4:8, None] * row[None, 8:16]
    found = _products(rows.ravel(), 16, 9).reshape(4, 16)
    np.testing.assert_array_equal(found[:, 8:], expected)
    assert not found[:, :8].any()


@pytest.mark.parametrize("n", [1, 2, 7, 19, 49, 50])
def test_the_factor_is_that_of_halves_of_halves(n: int) -> None:
    """LAPACK's dpotrf2 with plain loops, on rows padded to another length."""
    a = np.random.default_rng(n).normal(size=(n, 2 * n + 1))
    a = a @ a.T
    width = -(-n // 8) * 8 + 8
    flat = np.full(n * width + 8, 5.0)  # what lies outside the triangle is not touched
    for i in range(n):
        flat[i * width : i * width + n] = a[i]
    assert _algebra.factor(flat, n, width)
    found = flat[: n * width].reshape(n, width)
    expected = a.copy()
    _halves(expected, 0, n)
    np.testing.assert_array_equal(np.triu(found[:, :n]), np.triu(expected))
    np.testing.assert_array_equal(np.tril(found[:, :n], -1), np.tril(a, -1))
    assert (found[:, n:] == 5.0).all()


def _halves(a: np.ndarray, first: int, last: int) -> None:
    if last - first == 1:
        a[first, first] = np.sqrt(a[first, first])
        return
    middle = first + (last - first) // 2
    _halves(a, first, middle)
    for i in range(first, middle):
        for j in range(middle, last):
            total = -a[i, j]
            for k in range(first, i):
                total += a[k, i] * a[k, j]
            a[i, j] = total / -a[i, i]
    for i in range(middle, last):
        for j in range(i, last):
            total = 0.0
            for k in range(first, middle):
                total += a[k, i] * a[k, j]
            a[i, j] -= total
    _halves(a, middle, last)


def test_a_matrix_that_is_not_positive_has_no_factor() -> None:
    flat = np.concatenate([np.array([1.0, 2.0, 2.0, 1.0]), np.zeros(8)])
    assert not _algebra.factor(flat, 2, 2)
