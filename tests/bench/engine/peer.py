"""The other side of a row, in torch and its libraries: `python peer.py ROW RUNS THREADS` prints figures and peak memory as JSON. Shapes are those of shapes.ts."""
import json, os, resource, sys, tempfile, time

name, runs, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.environ.update(OMP_NUM_THREADS=str(threads), HF_HUB_OFFLINE='1', TRANSFORMERS_VERBOSITY='error', TOKENIZERS_PARALLELISM='false')
import torch

torch.set_num_threads(threads)
torch.manual_seed(1)
ROWS, TIME, PROMPT, NEW = 8, 64, 16, 64


def small(kind='GPT2LMHeadModel', **more):
    import transformers
    config = transformers.GPT2Config(
        vocab_size=1024, n_embd=128, n_layer=4, n_head=4, n_positions=128, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0,
        bos_token_id=None, eos_token_id=None, pad_token_id=0, **more)
    return getattr(transformers, kind)(config)


def large():
    import transformers
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3,
        max_position_embeddings=8192, rms_norm_eps=1e-5, rope_theta=100000.0, tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=None, pad_token_id=0))


def step(model):
    ids = torch.randint(model.config.vocab_size, (ROWS, TIME))
    trained = [p for p in model.parameters() if p.requires_grad]
    adamw = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01)
    model.train()

    def run():
        adamw.zero_grad(set_to_none=True)
        model(input_ids=ids, labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        adamw.step()
    return run, None


def forward(model):
    ids = torch.randint(model.config.vocab_size, (ROWS, TIME))
    model.eval()

    def run():
        with torch.no_grad():
            model(input_ids=ids, labels=ids).loss.item()
    return run, None


def decode(model):
    ids = torch.randint(2, model.config.vocab_size, (ROWS, PROMPT))
    model.eval()

    def run():
        with torch.no_grad():
            out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                                 max_new_tokens=NEW, min_new_tokens=NEW, use_cache=True)
        assert out.shape[1] == PROMPT + NEW
    return run, ROWS * NEW


def lora(model):
    from peft import LoraConfig, get_peft_model
    return get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules='all-linear', task_type='CAUSAL_LM'))


def product(size=1024):
    a, b = torch.randn(size, size), torch.randn(size, size)
    return lambda: a @ b, 2 * size ** 3 / 1e9


def ppo(iterations):
    """Wall and CPU seconds of each iteration of TRL's trainer: 64 episodes of 16 + 32 tokens, 4 epochs of one minibatch, a value model of its own."""
    from datasets import Dataset
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl.experimental.ppo import PPOConfig, PPOTrainer
    words = Tokenizer(models.WordLevel({str(i): i for i in range(1024)}, unk_token='0'))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token='0', eos_token='1', padding_side='left')
    data = Dataset.from_dict({'input_ids': torch.randint(2, 1024, (64 * (iterations + 1), 16)).tolist()})
    ends = []

    class Clock(TrainerCallback):
        def on_step_end(self, *arguments, **more):
            ends.append((time.perf_counter(), time.process_time()))

    config = PPOConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=64, gradient_accumulation_steps=1, num_mini_batches=1, num_ppo_epochs=4,
        total_episodes=64 * (iterations + 1), response_length=32, local_rollout_forward_batch_size=64, num_sample_generations=0,
        report_to='none', save_strategy='no', use_cpu=True, bf16=False, learning_rate=1e-5, disable_tqdm=True, gradient_checkpointing=False,
        dataloader_num_workers=0, logging_strategy='no')
    score = lambda: small('GPT2ForSequenceClassification', num_labels=1)
    trainer = PPOTrainer(
        args=config, processing_class=tokenizer, model=small(), ref_model=small(), reward_model=score(), value_model=score(),
        train_dataset=data, callbacks=[Clock()])
    trainer.train()
    return [(b[0] - a[0], b[1] - a[1]) for a, b in zip(ends, ends[1:])]


def prepare():
    return {
        'gemm-peak': product,
        'train-step-small': lambda: step(small()),
        'decode-small': lambda: decode(small()),
        'forward-135m': lambda: forward(large()),
        'lora-step-135m': lambda: step(lora(large())),
        'decode-135m': lambda: decode(large()),
        'decode-135m-int8': lambda: decode(large()),
    }[name]()


# TRL writes to standard output; the answer must stand there alone.
answer, sys.stdout = sys.stdout, sys.stderr
if name == 'ppo-iteration':
    times = ppo(runs)
    figures, cpu = [64 / wall for wall, _ in times], [1000 * busy for _, busy in times]
else:
    run, amount = prepare()
    warm = time.perf_counter() + 1
    while time.perf_counter() < warm:
        run()
    figures, cpu = [], []
    for _ in range(runs):
        start, before = time.perf_counter(), time.process_time()
        run()
        seconds = time.perf_counter() - start
        cpu.append(1000 * (time.process_time() - before))
        figures.append(amount / seconds if amount else 1000 * seconds)
print(json.dumps({'figures': figures, 'cpu': cpu, 'peakBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), file=answer)
