"""The index of speeches: what is indexed, and the engines that hold it."""
