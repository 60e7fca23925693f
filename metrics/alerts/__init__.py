"""Alert rules: what people want to be told of, whether it holds, and the telling."""
