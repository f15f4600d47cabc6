"""Loads the plugin that its argument names."""
import importlib
import sys

print(importlib.import_module("plugin_" + sys.argv[1]).SAYS)
