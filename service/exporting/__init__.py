"""What was recorded as files for auditors: text that streams, sheets and Parquet, each with its manifest."""
