"""Loads what Plumbline exported in transformers and PEFT and compares logits. Started by scripts/check-peers.ts with the path of its cases."""

import json
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

# Plumbline computes in float32, whatever weights are stored as; so does the peer here.
options = {"dtype": torch.float32, "attn_implementation": "eager"}


def load(case):
    if case["kind"] == "gguf":
        given = {"config": AutoConfig.from_pretrained(case["config"])} if "config" in case else {}
        return AutoModelForCausalLM.from_pretrained(case["folder"], gguf_file=case["file"], **given, **options)
    if case["kind"] == "reward":
        return AutoModelForSequenceClassification.from_pretrained(case["folder"], **options)
    if case["kind"] == "peft":
        return PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(case["base"], **options), case["folder"])
    return AutoModelForCausalLM.from_pretrained(case["folder"], **options)


def compare(case):
    model = load(case).eval()
    ours = load_file(case["ours"])
    worst, largest, same, positions = 0.0, 0.0, 0, 0
    for number, ids in enumerate(case["sequences"]):
        with torch.no_grad():
            theirs = model(input_ids=torch.tensor([ids])).logits[0]
        expected = ours[f"{number}"].reshape(theirs.shape)
        worst = max(worst, (theirs - expected).abs().max().item())
        largest = max(largest, theirs.abs().max().item())
        same += (theirs.argmax(-1) == expected.argmax(-1)).sum().item()
        positions += theirs.argmax(-1).numel()
    result = {"name": case["name"], "difference": worst, "largest": largest, "sameToken": same / positions}
    if case["texts"]:
        tokenizer = AutoTokenizer.from_pretrained(case["folder"])
        result["tokenizer"] = all(tokenizer.encode(text, add_special_tokens=False) == ids for text, ids in case["texts"])
    return result


for case in json.load(open(sys.argv[1])):
    try:
        print(json.dumps(compare(case)), flush=True)
    except Exception as error:  # the table says which export the peer cannot load, and why
        print(json.dumps({"name": case["name"], "error": f"{type(error).__name__}: {error}"[:300]}), flush=True)
