package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) evalCommand() *cobra.Command {
	eval := group(&cobra.Command{
		Use:                   "eval COMMAND",
		Short:                 "Measure how well alignbot does on your own examples",
		Long:                  "Eval runs a part of alignbot on examples whose right answer is known, and prints how often it was right.",
		DisableFlagsInUseLine: true,
	})
	eval.AddCommand(p.evalSimilarCommand(), p.evalSuggestionsCommand())
	return eval
}

func (p *program) evalSimilarCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "similar FILE.jsonl",
		Short: "Score the ranking of ideas like a given one, beside plain BM25",
		Long: "Similar asks for each repeat in the file which of the other ideas it is like, as alignbot does when an idea is captured, and counts\n" +
			"where in the answer the earlier idea stands. Plain BM25 on title and problem is asked the same.\n\n" +
			"The file has a JSON object on each line:\n\n" +
			`  {"team": "PAY", "language": "english"}` + "\n" +
			`  {"team": "PAY", "key": "a", "title": "Export invoices as PDF", "problem": "Accountants retype them."}` + "\n" +
			`  {"team": "PAY", "repeats": ["a"], "title": "Download a bill", "part": "held-out"}` + "\n\n" +
			"A line without a title names the language of a team (english, french, hungarian, norwegian, russian, spanish, swedish, or none for\n" +
			"any other); a team without one writes English. A line with key is an idea. A line with repeats wishes for the same as the ideas it\n" +
			"names; each is asked against all ideas, of every team, and not against other repeats. problem, measure and evidence may be left out.\n" +
			"part is a name of your choice: each part is scored apart too, so that one can be kept for the proof.\n\n" +
			"recall@N is the share of repeats whose earlier idea is among the first N; MRR is the mean of 1/rank; gain is what\n" +
			"alignbot is better by. The brackets hold 95 % of 2000 bootstrap samples. With - it reads stdin. Exit code 0: measured; 1: the file is broken.",
		Args: oneFile("the examples to measure", "stdin"),
	}
	misses := cmd.Flags().Bool("misses", false, "also list the repeats whose earlier idea is not first, with what is")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		set, err := readExamples(p, args[0], parseExamples)
		if err != nil {
			return err
		}
		answers, err := set.ask(cmd.Context())
		if err != nil {
			return fmt.Errorf("the examples could not be measured: %w", err)
		}
		if err := printScores(p.stdout, set, answers); err != nil || !*misses {
			return err
		}
		return printMisses(p.stdout, set, answers)
	}
	return cmd
}

// readExamples reads a file, or stdin for -. What is wrong in it is printed, a
// line each; the error is errTold then.
func readExamples[T any](p *program, path string, parse func(io.Reader) (T, error)) (set T, err error) {
	in := p.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return set, fmt.Errorf("the examples cannot be read: %w", err)
		}
		defer file.Close()
		in = file
	}
	set, err = parse(in)
	var wrong *examplesError
	if errors.As(err, &wrong) {
		for _, mistake := range wrong.mistakes {
			fmt.Fprintf(p.stderr, "%s:%s\n", fileName(path), mistake)
		}
		return set, errTold
	}
	if err != nil {
		return set, fmt.Errorf("the examples cannot be read: %w", err)
	}
	return set, nil
}

// printScores prints a row for each ranking and part.
func printScores(w io.Writer, set *examples, a *answers) error {
	fmt.Fprintf(w, "%s, %s\n\n", count(len(set.ideas), "idea"), count(len(set.repeats), "repeat"))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PART\tREPEATS\tRANKING\tRECALL@1\tRECALL@3\tRECALL@5\tMRR")
	for _, part := range set.parts() {
		plain, ours := set.of(part, a.plain), set.of(part, a.ours)
		for _, row := range []struct {
			name string
			scores
		}{{"plain BM25", scoresOf(plain)}, {"alignbot", scoresOf(ours)}, {"gain", gainOf(ours, plain)}} {
			name := part
			if name == "" {
				name = "all"
			}
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", name, row.repeats, row.name, row.at1, row.at3, row.at5, row.mrr)
		}
	}
	return table.Flush()
}

func printMisses(w io.Writer, set *examples, a *answers) error {
	var text strings.Builder
	for i, repeat := range set.repeats {
		if a.ours[i] == 1 {
			continue
		}
		place := "not found"
		if a.ours[i] > 0 {
			place = fmt.Sprint("at ", a.ours[i])
		}
		first := "nothing"
		if a.first[i] >= 0 {
			first = fmt.Sprintf("%q", set.ideas[a.first[i]].Title)
		}
		fmt.Fprintf(&text, "line %d: %q: the earlier idea is %s, the first is %s\n", repeat.line, repeat.Title, place, first)
	}
	if text.Len() == 0 {
		text.WriteString("The earlier idea is always first.\n")
	}
	_, err := fmt.Fprint(w, "\n", text.String())
	return err
}

// answers to all repeats, in their order.
type answers struct {
	// The place of the earlier idea, from 1; 0 when it was not found.
	ours, plain []int
	// first is the idea found first, -1 for none.
	first []int
}

// ask asks both rankings for every repeat.
func (set *examples) ask(ctx context.Context) (*answers, error) {
	a := &answers{}
	plain := newPlain(set.ideas)
	similar, done, err := newSimilar(ctx, set)
	if err != nil {
		return nil, err
	}
	defer done()
	for _, repeat := range set.repeats {
		a.plain = append(a.plain, repeat.placeIn(plain.rank(repeat)))
		found, err := similar(ctx, repeat)
		if err != nil {
			return nil, err
		}
		a.ours = append(a.ours, repeat.placeIn(found))
		first := -1
		if len(found) > 0 {
			first = found[0]
		}
		a.first = append(a.first, first)
	}
	return a, nil
}
