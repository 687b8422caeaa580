package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version [PROGRAM]",
		Short: "Print the version and what it was built from",
		Long:  "Version prints the version of this program, or of another alignbot named by its path, which may be built for another platform.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return misusef("%s takes one program: leave out %q", cmd.CommandPath(), args[1])
			}
			return nil
		},
	}
	bill := cmd.Flags().Bool("sbom", false, "print the bill of materials instead: every module in the program, as CycloneDX JSON")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		info, err := buildInfo(args)
		if err != nil {
			return err
		}
		if *bill {
			out := json.NewEncoder(p.stdout)
			out.SetIndent("", "  ")
			return out.Encode(billOfMaterials(info))
		}
		_, err = fmt.Fprintln(p.stdout, versionLine(info))
		return err
	}
	return cmd
}

func buildInfo(args []string) (*debug.BuildInfo, error) {
	if len(args) == 1 {
		info, err := buildinfo.ReadFile(args[0])
		if err != nil {
			return nil, fmt.Errorf("%s carries no build information of Go: %w", args[0], err)
		}
		return info, nil
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, errors.New("this program carries no build information. Build it with go build, in module mode")
	}
	return info, nil
}

// buildVersion is the program's version: its tag, or what the toolchain made of
// the commit; "(devel)" when it was built outside version control.
func buildVersion(info *debug.BuildInfo) string {
	if info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func versionLine(info *debug.BuildInfo) string {
	line := []string{"alignbot", buildVersion(info), info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOOS", "GOARCH":
			line = append(line, s.Value)
		case "vcs.revision":
			line = append(line, "commit "+s.Value)
		case "vcs.time":
			line = append(line, s.Value)
		case "vcs.modified":
			if s.Value == "true" {
				line = append(line, "with local changes")
			}
		}
	}
	return strings.Join(line, " ")
}

// CycloneDX 1.6, as much of it as build information fills:
// https://cyclonedx.org/docs/1.6/json/
type (
	bom struct {
		Format     string         `json:"bomFormat"`
		Spec       string         `json:"specVersion"`
		Version    int            `json:"version"`
		Metadata   bomMetadata    `json:"metadata"`
		Components []bomComponent `json:"components"`
	}
	bomMetadata struct {
		Component bomComponent `json:"component"`
	}
	bomComponent struct {
		Type    string `json:"type"`
		Name    string `json:"name"`
		Version string `json:"version"`
		PURL    string `json:"purl"`
		Ref     string `json:"bom-ref"`
	}
)

// billOfMaterials lists the modules that the linker put into the program, and
// the standard library.
func billOfMaterials(info *debug.BuildInfo) bom {
	component := func(kind, name, version string) bomComponent {
		purl := "pkg:golang/" + name + "@" + strings.ReplaceAll(version, "+", "%2B")
		return bomComponent{Type: kind, Name: name, Version: version, PURL: purl, Ref: purl}
	}
	list := bom{
		Format: "CycloneDX", Spec: "1.6", Version: 1,
		Metadata:   bomMetadata{component("application", "alignbot", buildVersion(info))},
		Components: []bomComponent{component("library", "std", strings.TrimPrefix(info.GoVersion, "go"))},
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		list.Components = append(list.Components, component("library", module.Path, module.Version))
	}
	return list
}
