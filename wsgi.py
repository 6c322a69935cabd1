"""The server's entry point."""

import os
import sys
from pathlib import Path

# `platform/` is a source root, never a package: the standard library keeps that name (docs/decisions/0001).
sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

from coconstruction.app import create_app
from coconstruction.server import announced_host, runs_a_command
from coconstruction.settings import Settings, SettingsError

try:
    app = create_app(Settings.from_env(os.environ, host=announced_host(), command=runs_a_command()))
except SettingsError as error:
    sys.exit(str(error))
