"""Sources opened: a file, a folder, an archive or a web address, as streams of bytes."""
