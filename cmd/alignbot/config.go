package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) configCommand() *cobra.Command {
	config := group(&cobra.Command{Use: "config COMMAND", Short: "Look at the settings", DisableFlagsInUseLine: true})
	check := &cobra.Command{
		Use:   "check",
		Short: "Check all settings without connecting to anything",
		Long: "Check reads the settings as run would, from the file, the environment and the flags, and names everything that is wrong\n" +
			"with them at once. It connects to nothing. Exit code 0: right; 78: something is wrong.",
		Args: noArguments,
	}
	from := p.settingsFlags(check)
	asJSON := check.Flags().Bool("json", false, "answer in JSON: {\"ok\": false, \"problems\": [{key, where, reason, fix}]}")
	check.RunE = func(*cobra.Command, []string) error {
		_, err := from().load(everything...)
		if !*asJSON {
			if err == nil {
				fmt.Fprintln(p.stdout, "The settings are right. alignbot doctor tells whether Slack and Redis agree.")
			}
			return err
		}
		answer := struct {
			OK       bool             `json:"ok"`
			Problems []SettingProblem `json:"problems"`
		}{OK: err == nil, Problems: []SettingProblem{}}
		if wrong := (*SettingsError)(nil); errors.As(err, &wrong) {
			answer.Problems = wrong.Problems
		}
		if writeErr := json.NewEncoder(p.stdout).Encode(answer); writeErr != nil {
			return fmt.Errorf("write the answer: %w", writeErr)
		}
		return err
	}
	config.AddCommand(check)
	return config
}
