"""Files become articles; articles become clean, dated, named, grouped with their copies."""
