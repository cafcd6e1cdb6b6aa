import { Button, NumberInput, SimpleGrid, TagsInput, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../app/client.ts';
import { FoldRow } from '../ui/FoldRow.tsx';
import { Markdown } from '../ui/Markdown.tsx';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';

type Versions = Awaited<ReturnType<typeof client.project.guidelines.query>>;

/** /label/guideline: what better means here, written in versions; a judgment records the one that it was made under. */
export default function GuidelinePage() {
  const versions = useQuery({ queryKey: ['project', 'guidelines'], queryFn: () => client.project.guidelines.query() });
  if (versions.error && !versions.data) {
    return (
      <Page name="Guideline">
        <ErrorState error={versions.error} title="The guideline could not be read" onRetry={() => void versions.refetch()} />
      </Page>
    );
  }
  return (
    <Page name="Guideline">
      {versions.data ? <Editor key={versions.data.length} versions={versions.data} /> : <Loading words="Reading the guideline" />}
    </Page>
  );
}

/** The draft of the next version beside how it reads; earlier versions below, which never change. */
function Editor({ versions }: { versions: Versions }) {
  const [current] = versions;
  const [markdown, setMarkdown] = useState(current?.markdown ?? '');
  const [aspects, setAspects] = useState<string[]>(current?.asks.aspects ?? []);
  const [minimumReason, setMinimumReason] = useState(current?.asks.minimumReason ?? 0);
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: () => client.project.saveGuideline.mutate({ markdown, asks: { aspects, minimumReason } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['project'] }),
  });
  const next = (current?.version ?? 0) + 1;
  const changed =
    markdown.trim() !== '' &&
    (markdown !== current?.markdown || String(aspects) !== String(current.asks.aspects) || minimumReason !== current.asks.minimumReason);
  return (
    <>
      <PageTitle
        title={current ? `Guideline ${current.version} is in force` : 'No guideline yet'}
        actions={
          <PrimaryButton command="page.start" onClick={() => save.mutate()} disabled={!changed} loading={save.isPending}>
            Put version {next} in force
          </PrimaryButton>
        }
      >
        It stands beside the work. A judgment records the version that it was made under, so a version is never edited, only followed by the
        next.
      </PageTitle>
      {save.error && <p role="alert">{sentenceFor(save.error)}</p>}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing={32}>
        <div>
          <Textarea
            label="What better means here"
            description="Markdown. Say what decides when two answers are good in different ways; examples help most."
            autosize
            minRows={14}
            maxRows={28}
            value={markdown}
            onChange={(event) => setMarkdown(event.currentTarget.value)}
          />
          <TagsInput
            mt={20}
            label="Ratings to ask for"
            description="Each response is rated 1 to 5 by each of these, before a judgment is kept. None: the choice alone, one key a pair."
            placeholder={aspects.length === 0 ? 'helpful, correct, harmless …' : ''}
            maxTags={6}
            value={aspects}
            onChange={setAspects}
          />
          <NumberInput
            mt={20}
            styles={{ wrapper: { maxWidth: 160 } }}
            label="Shortest reason"
            description="Characters to write with each judgment; 0 for none"
            min={0}
            max={2000}
            value={minimumReason}
            onChange={(value) => typeof value === 'number' && setMinimumReason(value)}
          />
        </div>
        <section aria-label="As it reads">
          <SectionTitle title="As it reads" />
          {markdown.trim() === '' ? <p>Nothing is written yet.</p> : <Markdown text={markdown} size={14} guideline />}
        </section>
      </SimpleGrid>
      {versions.length > 1 && (
        <section aria-label="Earlier versions" style={{ marginTop: 32 }}>
          <SectionTitle title="Earlier versions" />
          {versions.slice(1).map((version) => (
            <FoldRow
              key={version.version}
              title={`Guideline ${version.version}`}
              summary={
                <>
                  {version.createdBy ?? 'with the project'}, <TimeAgo at={version.createdAt} />
                </>
              }
            >
              <Markdown text={version.markdown} size={14} guideline />
              <Button variant="default" mt={8} onClick={() => setMarkdown(version.markdown)}>
                Begin the next version from this one
              </Button>
            </FoldRow>
          ))}
        </section>
      )}
    </>
  );
}
