package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"alignbot/pipeline"
)

func (p *program) exportCommand() *cobra.Command {
	export := group(&cobra.Command{
		Use:                   "export COMMAND",
		Short:                 "Print what a team has in a form for other programs",
		Long:                  "What is exported is what people wrote: keep it as safe as Redis itself.",
		DisableFlagsInUseLine: true,
	})
	export.AddCommand(p.exportTreeCommand())
	return export
}

// How a tree can be written and read.
const (
	formatMermaid = "mermaid"
	formatJSON    = "json"

	viewAll           = "all"
	viewOutcomes      = "outcomes"
	viewOpportunities = "opportunities"
	viewImpacts       = "impacts"
)

func (p *program) exportTreeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tree",
		Short: "Print a team's tree of outcomes as Mermaid or JSON",
		Long: "Tree prints the outcomes of a team with the opportunities, impacts and ideas that hang under them, as a Mermaid flowchart\n" +
			"(https://mermaid.js.org) or as JSON. It may run while alignbot does. People see the same in Slack with /outcome tree.",
		Args: noArguments,
	}
	open := p.teamFlags(cmd)
	format := cmd.Flags().String("format", formatMermaid, "`format` to write: mermaid or json")
	view := cmd.Flags().String("view", viewAll, "`part` of the tree: all, outcomes, or opportunities or impacts of the outcome that --outcome names")
	outcome := cmd.Flags().String("outcome", "", "`key` of the outcome whose opportunities or impacts are printed, such as O3")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		part, err := readTreePart(*format, *view, *outcome)
		if err != nil {
			return err
		}
		return open(cmd.Context(), func(at teamStore) error {
			facts, err := at.store.Tree(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			tree, err := part.of(pipeline.NewTree(facts, time.Now()))
			if err != nil {
				return err
			}
			text := pipeline.Mermaid(tree)
			if part.format == formatJSON {
				shape, err := pipeline.TreeJSON(tree)
				if err != nil {
					return err
				}
				text = string(shape)
			}
			_, err = io.WriteString(p.stdout, text)
			return err
		})
	}
	return cmd
}

// treePart is what is printed of a tree, and how.
type treePart struct {
	format, view string
	outcome      pipeline.OutcomeKey // without a team where that of the flags is meant
}

// readTreePart reads the flags, before anything is connected to.
func readTreePart(format, view, outcome string) (treePart, error) {
	part := treePart{format: strings.ToLower(format), view: strings.ToLower(view)}
	if formats := []string{formatMermaid, formatJSON}; !slices.Contains(formats, part.format) {
		return part, misusef("there is no format %q. Known are: %s", format, strings.Join(formats, ", "))
	}
	if views := []string{viewAll, viewOutcomes, viewOpportunities, viewImpacts}; !slices.Contains(views, part.view) {
		return part, misusef("there is no part %q of a tree. Known are: %s", view, strings.Join(views, ", "))
	}
	ofOutcome := part.view == viewOpportunities || part.view == viewImpacts
	switch {
	case ofOutcome && outcome == "":
		return part, misusef("%s hang under an outcome: name it with --outcome, such as --outcome O3", part.view)
	case !ofOutcome && outcome != "":
		return part, misusef("--outcome goes with --view opportunities or --view impacts")
	case outcome == "":
		return part, nil
	}
	key, err := pipeline.ParseTypedNode(outcome)
	if err != nil || key.Kind != pipeline.OutcomeNode {
		return part, misusef("%q is not the key of an outcome. Keys look like PAY-O3, or O3 for the team that is meant", outcome)
	}
	part.outcome = key
	return part, nil
}

// of gives that part of a tree.
func (part treePart) of(tree pipeline.Tree) (pipeline.Tree, error) {
	key := part.outcome
	if key.Team == "" {
		key.Team = tree.Team
	}
	found := true
	switch part.view {
	case viewOutcomes:
		tree = tree.OutcomeTree()
	case viewOpportunities:
		tree, found = tree.OpportunityTree(key)
	case viewImpacts:
		tree, found = tree.ImpactMap(key)
	}
	if !found {
		return tree, fmt.Errorf("there is no outcome %s in that team: see those there are with alignbot export tree --view outcomes", key)
	}
	return tree, nil
}
