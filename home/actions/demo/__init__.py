"""The demo company: an organization of its own, midway through its roll-out, made only through the apps' own actions."""

from home.actions.demo.loading import load_demo, remove_demo
from home.actions.demo.sign_ins import sign_ins_of

__all__ = ["load_demo", "remove_demo", "sign_ins_of"]
