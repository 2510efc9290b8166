"""What pyproject.toml cannot say: an installed fangzhi has its seeds/ beside its modules."""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class WithSeeds(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            copytree("seeds", Path(self.build_lib, "archive", "seeds"), dirs_exist_ok=True)


setup(cmdclass={"build_py": WithSeeds})
