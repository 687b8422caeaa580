package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"alignbot/commands"
	"alignbot/nudges"
	"alignbot/pipeline"
)

// lookAfterNudges plans nudges beside the bot, and counts what becomes of them.
func lookAfterNudges(registry prometheus.Registerer) func(context.Context, *commands.App) error {
	planned := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "alignbot", Name: "nudges_total", Help: "Nudges that were due: planned, held back or missed, and why.",
	}, []string{"state", "why"})
	audited := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: "alignbot", Name: "nudges_audited", Help: "Nudges of the newest day that was audited, by what became of them; of a fleet one process has it.",
	}, []string{"result"})
	registry.MustRegister(planned, audited)
	settings := nudges.Settings{
		Observe: func(state pipeline.NudgeState, why string, n int) {
			planned.WithLabelValues(string(state), why).Add(float64(n))
		},
		Audited: func(a pipeline.NudgeAudit) {
			for result, n := range map[string]int{
				"due": a.Due, "sent": a.Sent, "slow": a.Slow, "skipped": a.Skipped, "missed": a.Missed, "failed": a.Failed,
				"unknown": a.Unknown, "held": a.Held, "waiting": a.Waiting,
			} {
				audited.WithLabelValues(result).Set(float64(n))
			}
		},
	}
	return func(ctx context.Context, app *commands.App) error { return nudges.Run(ctx, app, settings) }
}

func (p *program) nudgesCommand() *cobra.Command {
	nudges := group(&cobra.Command{
		Use:                   "nudges COMMAND",
		Short:                 "Look after nudges",
		Long:                  "A nudge is the one short message a day that tells a person what waits for them, or a team what needs a look.",
		DisableFlagsInUseLine: true,
	})
	nudges.AddCommand(p.nudgesAuditCommand())
	return nudges
}

func (p *program) nudgesAuditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Compare the nudges of a day with what became of them",
		Long: "Audit compares the nudges that were due on a day, by the clocks of each person and team, with what became of them, and prints a\n" +
			"line for each that did not arrive for sure, with the reason. The last forty days are kept. It may run while alignbot does, which\n" +
			"audits every day itself, logs what it finds, and tells it as alignbot_nudges_audited. Exit code 0: every nudge arrived or had\n" +
			"nothing to say any more; 1: some did not.",
		Args: noArguments,
	}
	from := p.settingsFlags(cmd)
	workspace := cmd.Flags().String(flagWorkspace, "", "`id` of the Slack workspace, such as T0123; needed where several are stored")
	day := cmd.Flags().String("day", "", "`day` such as 2026-11-20; without it, the newest one that has ended everywhere on earth")
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *day == "" {
			*day = pipeline.AuditDay(time.Now())
		}
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			return misusef("%q is no day. Days look like 2026-11-20", *day)
		}
		settings, db, err := p.openStore(cmd.Context(), from(), beside)
		if err != nil {
			return err
		}
		defer db.Close()
		workspaces, err := db.Workspaces(cmd.Context())
		if err != nil {
			return settings.Redis.inWords(err, "Nothing was changed.")
		}
		id, err := oneOf("workspace", flagWorkspace, *workspace, workspaces)
		if err != nil {
			return err
		}
		due, err := db.Workspace(id).Nudged(cmd.Context(), *day)
		if err != nil {
			return settings.Redis.inWords(err, "Nothing was changed.")
		}
		return p.printAudit(pipeline.AuditNudges(*day, due), *asJSON)
	}
	return cmd
}

// printAudit prints what an audit found; the error is errTold where nudges did not
// arrive.
func (p *program) printAudit(a pipeline.NudgeAudit, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(a); err != nil {
			return err
		}
	} else {
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, a.Words())
		for _, miss := range a.Misses {
			fmt.Fprintf(table, "%s\tdue %s\t%s\t%s\n", miss.Who, miss.Due.UTC().Format("2006-01-02 15:04 MST"), miss.State, miss.Reason)
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	if len(a.Misses) > 0 {
		return errTold
	}
	return nil
}
