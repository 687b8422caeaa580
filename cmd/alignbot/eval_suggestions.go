package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) evalSuggestionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "suggestions FILE.jsonl",
		Short: "Score the suggestions of outcomes for an idea, and what each kind of evidence adds",
		Long: "Suggestions asks for each idea in the file which outcome it serves, as alignbot does when an idea is captured, and counts where in\n" +
			"the answer the right one stands. Plain BM25 on the statement, and a plain mix of it with the likeness to the ideas that are linked\n" +
			"already, are asked the same; and alignbot with one kind of evidence more at a time.\n\n" +
			"The file has a JSON object on each line:\n\n" +
			`  {"team": "PAY", "language": "english"}` + "\n" +
			`  {"outcome": "PAY-O1", "statement": "Firms have their money sooner", "metric": "days to payment", "opportunities": ["Paying takes long"]}` + "\n" +
			`  {"linked": ["PAY-O1"], "title": "Remind customers of open invoices", "problem": "They forget."}` + "\n" +
			`  {"serves": ["PAY-O1"], "title": "Direct debit", "part": "held-out"}` + "\n\n" +
			"A line with language names that of a team (english, french, hungarian, norwegian, russian, spanish, swedish, or none for any other);\n" +
			"a team without one writes English. A line with outcome is one; metric, opportunities and feedback ({\"accepted\": 3, \"dismissed\": 1})\n" +
			"may be left out. A line with linked is an idea that serves these outcomes already; later lines are newer. A line with serves is an\n" +
			"idea that is asked for: any of these outcomes of its team is right. problem, measure and dismissed (outcomes that were refused for\n" +
			"it) may be left out. Each part is scored apart too, so that one can be kept for the proof.\n\n" +
			"Where the settings of run name a language model (llm.base_url), it is asked too, as it would be for a captured idea: its choices come\n" +
			"first, then the others. It costs a question for each idea, whatever the budgets. Without, it connects to nothing.\n\n" +
			"ANSWERED is the share of ideas to which anything was suggested; hit@N the share of ideas with a right outcome among the first N; MRR is the mean of 1/rank; gain is what alignbot is better by\n" +
			"than the plain mix, with the four newest links of each outcome and with all. The brackets hold 95 % of 2000 bootstrap samples. With - it reads stdin. Exit code 0: measured; 1: the file is broken.",
		Args: oneFile("the examples to measure", "stdin"),
	}
	misses := cmd.Flags().Bool("misses", false, "also list the ideas whose outcome is not first, with what is")
	from := p.settingsFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := from().load(checkLLM)
		if err != nil {
			return err
		}
		set, err := readExamples(p, args[0], parseSuggestions)
		if err != nil {
			return err
		}
		model, err := settings.LLM.open()
		if err != nil {
			return err
		}
		rankings := suggestionRankings()
		failed := &failedAnswers{}
		if model != nil {
			defer model.Close()
			rankings = append(rankings, withModel(cmd.Context(), model, "with "+settings.LLM.Model, failed))
		}
		scored := set.score(rankings)
		if err := cmd.Context().Err(); err != nil {
			return fmt.Errorf("the examples could not be measured: %w", err)
		}
		if failed.n > 0 {
			fmt.Fprintf(p.stderr, "%s without an answer of the model, which count as if there were none; the first: %v\n", count(failed.n, "idea"), failed.first)
		}
		if err := printSuggestionScores(p.stdout, set, scored); err != nil || !*misses {
			return err
		}
		return printSuggestionMisses(p.stdout, set, scored)
	}
	return cmd
}

// printSuggestionScores prints a row for each ranking and part.
func printSuggestionScores(w io.Writer, set *suggestionExamples, all []scoredRanking) error {
	outcomes, linked := 0, 0
	for _, team := range set.teams {
		outcomes += len(team.candidates)
		for _, c := range team.candidates {
			linked += len(c.Linked)
		}
	}
	fmt.Fprintf(w, "%s, %s, %s\n\n", count(outcomes, "outcome"), count(linked, "link"), count(len(set.asked), "idea"))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PART\tIDEAS\tRANKING\tANSWERED\tHIT@1\tHIT@3\tMRR")
	for _, part := range set.parts() {
		name := part
		if name == "" {
			name = "all"
		}
		row := func(ranking, answered string, s scores) {
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", name, s.repeats, ranking, answered, s.at1, s.at3, s.mrr)
		}
		for _, r := range all {
			row(r.name, fmt.Sprintf("%.2f", set.answered(part, r)), scoresOf(set.of(part, r.places)))
		}
		for _, pair := range []struct{ name, ours, plain string }{
			{"gain, 4 links", rankingOursOf4, rankingMixOf4}, {"gain", rankingOurs, rankingMix},
		} {
			row(pair.name, "", gainOf(set.of(part, placesOf(all, pair.ours)), set.of(part, placesOf(all, pair.plain))))
		}
	}
	return table.Flush()
}

func printSuggestionMisses(w io.Writer, set *suggestionExamples, all []scoredRanking) error {
	ours := all[indexOf(all, rankingOurs)]
	said := ""
	for i, e := range set.asked {
		if ours.places[i] == 1 {
			continue
		}
		place, first := "not found", "nothing"
		if ours.places[i] > 0 {
			place = fmt.Sprint("at ", ours.places[i])
		}
		if !ours.first[i].IsZero() {
			first = fmt.Sprintf("%s, %q", ours.first[i], set.candidate(ours.first[i]).Statement)
		}
		said += fmt.Sprintf("line %d: %q: %s is %s, the first is %s\n", e.line, e.title, e.serves[0], place, first)
	}
	if said == "" {
		said = "The right outcome is always first.\n"
	}
	_, err := fmt.Fprint(w, "\n", said)
	return err
}
