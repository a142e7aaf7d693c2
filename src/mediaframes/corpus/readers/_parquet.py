"""Parquet files."""

import pandas as pd

from mediaframes.corpus.readers._batch import Batch, Options, Reader, cell
from mediaframes.errors import InputError


class Parquet(Reader):
    """Parquet, known by its first four bytes; rows are counted from 1."""

    name = "Parquet"

    def sniff(self, head: bytes, file: str) -> bool:
        """Whether the file begins as Parquet does."""
        return head.startswith(b"PAR1")

    def read(self, data: bytes, file: str, options: Options) -> Batch:
        """The rows of the table; a named pandas index becomes a column."""
        import pyarrow as pa
        from pyarrow import parquet

        try:
            found = parquet.read_table(pa.BufferReader(data))
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"{file}: the Parquet file is damaged ({error}); copy it again"
            ) from error
        columns = {
            str(name): [cell(value) for value in found.column(number).to_pylist()]
            for number, name in enumerate(found.column_names)
            if not name.startswith("__index_level_")
        }
        index = range(1, found.num_rows + 1)
        return Batch(pd.DataFrame(columns, index=index, dtype="object"), self.name)
