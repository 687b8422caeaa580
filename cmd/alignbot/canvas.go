package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"alignbot/pipeline"
	"alignbot/storage"
)

func (p *program) canvasCommand() *cobra.Command {
	canvas := group(&cobra.Command{
		Use:   "canvas COMMAND",
		Short: "Check, list, import, export and remove the canvases that a team made itself",
		Long: "A canvas is one page of boxes that a team fills together in Slack (/align canvas). Beside those that come with alignbot, a team can\n" +
			"have its own, from a file. The format is explained at the head of every exported file.",
		DisableFlagsInUseLine: true,
	})
	canvas.AddCommand(p.canvasCheckCommand(), p.canvasListCommand(), p.canvasImportCommand(), p.canvasExportCommand(), p.canvasRemoveCommand())
	return canvas
}

func (p *program) canvasCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a canvas without connecting to anything",
		Long: "Check reads the file of a canvas as import would and names every mistake in it, a line each: FILE:LINE: what is wrong and what is\n" +
			"right. It connects to nothing. With - it reads stdin. Exit code 0: right; 1: something is wrong.",
		Args: oneFile("the canvas to check", "stdin"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := p.readCanvas(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s is right: %s, %s.\n", fileName(args[0]), t.Name, countBoxes(t))
			return err
		},
	}
}

func countBoxes(t pipeline.CanvasTemplate) string {
	if n := len(t.Boxes); n != 1 {
		return fmt.Sprintf("%d boxes", n)
	}
	return "1 box"
}

func (p *program) canvasListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the kinds of canvases of a team",
		Long:  "List prints the kinds of canvases that a team can begin: those that come with alignbot, and its own.",
		Args:  noArguments,
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return open(cmd.Context(), func(at teamStore) error {
			own, err := at.store.OwnCanvases(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tNAME\tORIGIN\tBOXES\tCOLUMNS")
			for _, t := range pipeline.CanvasTemplatesOf(own.Templates) {
				origin, columns := "own", "-"
				if _, builtIn := pipeline.FindCanvasTemplate(pipeline.BuiltInCanvases(), t.ID); builtIn {
					origin = "built in"
				}
				if t.Columns != "" {
					columns = t.Columns
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", t.ID, t.Name, origin, len(t.Boxes), columns)
			}
			return table.Flush()
		})
	}
	return cmd
}

func (p *program) canvasImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Give a team a canvas of its own from a file",
		Long: "Import gives a team a kind of canvas, in the place of its own one with the same id. It may run while alignbot does; canvases that were\n" +
			"begun keep the boxes they began with. A file that is broken is refused as check does it. With - it reads stdin.",
		Args: oneFile("the canvas to import", "stdin"),
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		t, err := p.readCanvas(args[0])
		if err != nil {
			return err
		}
		return open(cmd.Context(), func(at teamStore) error {
			what := "Added"
			err := at.changeCanvases(cmd.Context(), func(own pipeline.OwnCanvases) (pipeline.OwnCanvases, error) {
				if _, there := pipeline.FindCanvasTemplate(own.Templates, t.ID); there {
					what = "Replaced"
				}
				return own.With(t)
			})
			if err != nil {
				return p.tellMistakes(args[0], err)
			}
			_, err = fmt.Fprintf(p.stdout, "%s %s (%s) of %s: %s. Canvases that were begun keep theirs.\n", what, t.Name, t.ID, at.team.Key, countBoxes(t))
			return err
		})
	}
	return cmd
}

func (p *program) canvasExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export ID",
		Short: "Print a kind of canvas as a file",
		Long: "Export prints a kind of canvas with the description of its format at the head: with --team among those of that team, without one that\n" +
			"comes with alignbot, for which nothing is connected to.",
		Args: oneCanvas,
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		write := func(all []pipeline.CanvasTemplate, whose string) error {
			t, ok := pipeline.FindCanvasTemplate(all, pipeline.CanvasKind(strings.ToLower(args[0])))
			if !ok {
				return unknownCanvas(args[0], all, whose)
			}
			_, err := io.WriteString(p.stdout, pipeline.FormatCanvasTemplate(t))
			return err
		}
		if !cmd.Flags().Changed(flagTeam) && !cmd.Flags().Changed(flagWorkspace) {
			return write(pipeline.BuiltInCanvases(), "that come with alignbot; --team looks among those of a team")
		}
		return open(cmd.Context(), func(at teamStore) error {
			own, err := at.store.OwnCanvases(cmd.Context(), at.team.Key)
			if err != nil {
				return err
			}
			return write(pipeline.CanvasTemplatesOf(own.Templates), "of "+string(at.team.Key))
		})
	}
	return cmd
}

func (p *program) canvasRemoveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove ID",
		Short: "Remove a canvas of a team's own",
		Long:  "Remove takes a kind of canvas of a team's own out of what it can begin. Canvases that were begun stay as they are.",
		Args:  oneCanvas,
	}
	open := p.teamFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return open(cmd.Context(), func(at teamStore) error {
			id := pipeline.CanvasKind(strings.ToLower(args[0]))
			err := at.changeCanvases(cmd.Context(), func(own pipeline.OwnCanvases) (pipeline.OwnCanvases, error) {
				left, there := own.Without(id)
				if !there {
					return own, unknownCanvas(args[0], own.Templates, "of "+string(at.team.Key)+"'s own")
				}
				return left, nil
			})
			if err == nil {
				_, err = fmt.Fprintf(p.stdout, "Removed %s of %s. Canvases that were begun stay as they are.\n", id, at.team.Key)
			}
			return err
		})
	}
	return cmd
}

// oneCanvas is the argument that names a kind.
func oneCanvas(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return misusef("%s needs the id of a canvas: %s ID", cmd.Name(), cmd.CommandPath())
	case len(args) > 1:
		return misusef("%s takes one id: leave out %q", cmd.CommandPath(), args[1])
	}
	return nil
}

func unknownCanvas(id string, all []pipeline.CanvasTemplate, whose string) error {
	var ids []string
	for _, t := range all {
		ids = append(ids, string(t.ID))
	}
	if len(ids) == 0 {
		return misusef("there is no canvas %q among those %s: it has none", id, whose)
	}
	if near := closest(id, ids); near != "" {
		return misusef("there is no canvas %q among those %s; did you mean %s?", id, whose, near)
	}
	return misusef("there is no canvas %q among those %s. Known are: %s", id, whose, strings.Join(ids, ", "))
}

// readCanvas reads a canvas from a file, or stdin for -. What is wrong in it is
// printed, a line each; the error is errTold then.
func (p *program) readCanvas(path string) (pipeline.CanvasTemplate, error) {
	source, err := p.readText(path, checklistReadMost)
	if err != nil {
		return pipeline.CanvasTemplate{}, fmt.Errorf("the canvas cannot be read, nothing was changed: %w", err)
	}
	t, err := pipeline.ParseCanvasTemplate(source)
	return t, p.tellMistakes(path, err)
}

// changeCanvases changes which canvases of its own a team has: again, where somebody
// else does so at the same moment.
func (at teamStore) changeCanvases(ctx context.Context, change func(pipeline.OwnCanvases) (pipeline.OwnCanvases, error)) error {
	own, err := at.store.OwnCanvases(ctx, at.team.Key)
	for range saveTries {
		if err != nil {
			return err
		}
		changed, refused := change(own)
		if refused != nil {
			return refused
		}
		_, err = at.store.KeepOwnCanvases(ctx, "import/"+rand.Text(), changed)
		var conflict *storage.OwnCanvasesConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		own, err = conflict.Current, nil
	}
	return fmt.Errorf("somebody else changes the canvases of %s at this moment, nothing was changed: try again", at.team.Key)
}
