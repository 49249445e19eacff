"""The archive of pages as they were answered (WARC): writer and reader."""
