"""Small dense algebra in the order of the reference BLAS and LAPACK, and of R's sums.

The models' search amplifies a last digit into another mode of an article, so to give R's results
they take sums as R with the reference libraries takes them. Matrices are C-contiguous.

Sources: LAPACK 3.11 (dpotrf2, dtrti2, dlauu2) and BLAS (dsyrk, dgemm), netlib.org.
"""

import math

import numpy as np
from numba import njit

from mediaframes.topics._tiles import solve_row, subtract_rows
from mediaframes.topics._vector import sum_twice

PLACE = 2.0**52 + 1.0  # Rump, Ogita & Oishi (2008), SIAM Journal on Scientific Computing, 31(1)
SPLIT = 2.0**27 + 1.0  # halves of a number, so that products are exact: Dekker (1971)
DIGIT = 2.0**-64  # the last of 64
LAST = 1.5 * 2.0**-11  # of a unit: what is added to it keeps 64 digits below the unit


@njit(cache=True, nogil=True)
def add_extended(total, value):  # type: ignore[no-untyped-def]
    """A number of 64 bits, as (high, low), plus one of 53, rounded to 64 bits.

    So sums R, in the 80-bit numbers of Intel's processors; this does it on any processor.
    """
    high = total[0] + value
    back = high - total[0]
    low = (total[0] - (high - back)) + (value - back) + total[1]
    high, low = high + low, low - ((high + low) - high)
    wide = high * PLACE
    unit = abs(wide - wide * (1.0 - 2.0**-53))  # the power of two of its first digit
    if abs(high) == unit and high * low < 0.0:
        unit *= 0.5
    anchor = unit * LAST
    low = (low + anchor) - anchor
    return high, low


@njit(cache=True, nogil=True)
def sum_extended(values, first, n):  # type: ignore[no-untyped-def]
    """Sum of ``values[first : first + n]`` as R's ``sum``, mostly without its steps.

    These cannot take it farther from the true sum than a known share of the numbers' sizes; unless
    that reaches a place where rounding to 53 bits changes, the true sum rounded is R's.
    """
    high, low, sizes = sum_twice(values, first, n)
    slack = n * DIGIT * sizes
    result = high + (low + slack)
    if result == high + (low - slack):
        return result
    total = (0.0, 0.0)
    for t in range(first, first + n):
        total = add_extended(total, values[t])
    return total[0] + total[1]


@njit(cache=True, nogil=True)
def row_sums(matrix):  # type: ignore[no-untyped-def]
    """Sums of rows as R's ``rowSums``."""
    result, n = np.empty(len(matrix)), matrix.shape[1]
    values = matrix.ravel()
    for i in range(len(matrix)):
        result[i] = sum_extended(values, i * n, n)
    return result


@njit(cache=True, nogil=True)
def column_means(matrix, weights):  # type: ignore[no-untyped-def]
    """Weighted means of columns as R's ``colMeans``, divided in 80 bits as well."""
    n = weights.sum()
    wide = n * SPLIT
    head = wide - (wide - n)
    result = np.empty(matrix.shape[1])
    for j in range(matrix.shape[1]):
        total = (0.0, 0.0)
        for i in range(len(matrix)):
            total = add_extended(total, weights[i] * matrix[i, j])
        part = total[0] / n
        wide = part * SPLIT
        first = wide - (wide - part)
        back, second = part * n, part - first
        lost = ((first * head - back) + first * (n - head) + second * head) + second * (n - head)
        rest = ((total[0] - back) - lost + total[1]) / n
        high, low = add_extended((part, 0.0), rest)
        result[j] = high + low
    return result


@njit(cache=True, nogil=True)
def cross(a, b, weights):  # type: ignore[no-untyped-def]
    """Product of the transposed `a` (n, p), each row weighted, with `b` (n, q); rows in turn."""
    result = np.zeros((a.shape[1], b.shape[1]))
    for row in range(len(a)):
        for i in range(a.shape[1]):
            value = weights[row] * a[row, i]
            for j in range(b.shape[1]):
                result[i, j] += value * b[row, j]
    return result


@njit(cache=True, nogil=True)
def times(a, b):  # type: ignore[no-untyped-def]
    """Product of `a` (n, p) with `b` (p, q), the terms of each sum in turn."""
    result = np.zeros((len(a), b.shape[1]))
    for row in range(len(a)):
        for i in range(a.shape[1]):
            for j in range(b.shape[1]):
                result[row, j] += a[row, i] * b[i, j]
    return result


@njit(cache=True, nogil=True)
def factor(matrix, n, width):  # type: ignore[no-untyped-def]
    """Make `n` rows of `width` numbers the upper Cholesky factor; False if not positive.

    By halves of halves, as LAPACK does; what is below the diagonal is lost. `matrix` is flat and
    eight numbers longer.
    """
    for pivot in range(n):
        own = matrix[pivot * width + pivot]
        if not own > 0.0:
            return False
        matrix[pivot * width + pivot] = math.sqrt(own)
        if pivot == n - 1:
            break
        first, middle, last = 0, n // 2, n
        while middle != pivot + 1:  # the part whose first half is now done
            if pivot + 1 < middle:
                last = middle
            else:
                first = middle
            middle = first + (last - first) // 2
        if last - first < 4:  # its first row is the pivot's: number by number
            for t in range(middle, last):
                matrix[pivot * width + t] /= matrix[pivot * width + pivot]
            for row in range(middle, last):
                for t in range(row, last):
                    product = matrix[pivot * width + row] * matrix[pivot * width + t]
                    matrix[row * width + t] -= product
            continue
        for row in range(first, middle):
            solve_row(matrix, row, first, row, middle, last, width)
        whole = last - (last - middle) % 4
        for row in range(middle, whole, 4):
            subtract_rows(matrix, row, first, middle, row, last, width, 4)
        for row in range(whole, last):
            subtract_rows(matrix, row, first, middle, row, last, width, 1)
    return True


@njit(cache=True, nogil=True)
def inverse(matrix):  # type: ignore[no-untyped-def]
    """Inverse of a positive matrix and the sum of the logs of its factor's diagonal.

    As ``chol2inv(chol(matrix))``; the sum is infinite where the matrix is not positive.
    """
    n = len(matrix)
    flat = np.zeros(n * n + 8)
    flat[: n * n] = matrix.ravel()
    result = np.zeros((n, n))  # the factor's inverse, its columns as rows
    if not factor(flat, n, n):
        return result, np.inf
    upper = flat[: n * n].reshape((n, n))
    logs = 0.0
    for j in range(n):
        logs += math.log(upper[j, j])
        one = 1.0 / upper[j, j]
        for k in range(j):
            for i in range(k + 1):
                result[j, i] += upper[k, j] * result[k, i]
        for i in range(j):
            result[j, i] *= -one
        result[j, j] = one
    for i in range(n):
        own = result[i, i]
        total = 0.0
        for k in range(i, n):
            total += result[k, i] * result[k, i]
        for j in range(i):
            result[i, j] *= own
        for k in range(i + 1, n):
            for j in range(i):
                result[i, j] += result[k, i] * result[k, j]
        result[i, i] = total
    for i in range(n):
        for j in range(i):
            result[j, i] = result[i, j]
    return result, logs
