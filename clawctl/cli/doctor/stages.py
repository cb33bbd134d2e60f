"""Which engines of a stage are chosen on this machine, and which of them can work."""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawctl.cli.doctor.patient import Patient
from clawctl.config.schema import engine_names
from clawctl.engines.api import NAMED_ONLY, Offer, Stage
from clawctl.engines.choice import AUTO, Choice, preferable
from clawctl.engines.host import PluginHost
from clawctl.engines.keeper import Keeper
from clawctl.plugins import Plugin

# Each stage and the setting that chooses its engines.
KEYS: dict[Stage, str] = {"stt": "stt_engine", "llm": "llm_engine", "tts": "tts_engine"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """`order` is how they are tried for the language of the calls; with "auto" it has only such as
    can work. `missing` says of those in it that cannot, and of the others, why."""

    key: str
    lang: str
    order: tuple[str, ...]
    offers: Mapping[str, Offer[Any]]
    missing: Mapping[str, str]

    @property
    def able(self) -> list[str]:
        return [name for name in self.order if name not in self.missing]

    @property
    def first(self) -> str:
        return next(iter(self.order), "")

    @property
    def better(self) -> list[str]:
        """Those that "auto" would prefer to the first that can work, if only they could."""
        ranks = {name: offer.rank for name, offer in self.offers.items()}
        return preferable(ranks, self.able, self.missing)

    @property
    def spare(self) -> str:
        """The best that could be chosen in place of the first, "" if there is none."""
        ranked = (name for name, offer in self.offers.items() if offer.rank != NAMED_ONLY)
        fit = (name for name in ranked if name not in self.missing and name != self.first)
        return next(fit, "")


def chosen(patient: Patient, stage: Stage) -> Chosen:
    """No engine is opened for it."""
    key, lang = KEYS[stage], language(patient, stage)
    setting = engine_names(getattr(getattr(patient.settings, stage), key))
    offers = _offers(patient, stage)
    hosts = {
        name: _host(patient, plugin)
        for plugin in patient.found.plugins
        for name, _ in _of(plugin, stage)
    }
    keepers = {name: Keeper(name, offer, hosts[name]) for name, offer in offers.items()}
    choice = Choice(lambda: setting, keepers)
    order = tuple(name for name in choice.order(lang) if name != AUTO)
    names = dict.fromkeys((*order, *offers))
    missing = {name: why for name in names if (why := choice.why_absent(name))}
    return Chosen(key, lang, order, offers, missing)


def language(patient: Patient, stage: Stage) -> str:
    """The one of the calls, as `config` has it for the stage."""
    spoken = patient.settings.tts.tts_lang
    return (patient.settings.stt.stt_language or spoken) if stage == "stt" else spoken


def _offers(patient: Patient, stage: Stage) -> dict[str, Offer[Any]]:
    """Best rank first, as the gateway has them."""
    offers: dict[str, Offer[Any]] = {
        name: offer for plugin in patient.found.plugins for name, offer in _of(plugin, stage)
    }
    return dict(sorted(offers.items(), key=lambda item: -item[1].rank))


def _host(patient: Patient, plugin: Plugin) -> PluginHost:
    settings = patient.settings
    section = settings.plugins.get(plugin.name)
    return PluginHost(plugin.name, Path(), lambda: section, lambda: settings)


def _of(plugin: Plugin, stage: Stage) -> ItemsView[str, Offer[Any]]:
    by_stage: dict[Stage, Mapping[str, Offer[Any]]]
    by_stage = {"stt": plugin.stt, "llm": plugin.llm, "tts": plugin.tts}
    return by_stage[stage].items()
