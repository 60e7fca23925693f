"""Why a number changed: which rows moved it, or which members of a dimension."""
