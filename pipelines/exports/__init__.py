"""What other programs and people read: bulk files, feeds, the report, S3."""
