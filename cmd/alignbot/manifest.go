package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"alignbot/bot"
	"alignbot/commands"
)

func (p *program) manifestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manifest",
		Short: "Print the app manifest to make the Slack app from",
		Long: "Manifest prints what Slack has to know about the app, in YAML, to paste when an app is created \"from a manifest\".\n" +
			"It asks for the least rights that the app can work with; the reason for each stands beside it.",
		Args: noArguments,
	}
	var with features
	cmd.Flags().StringVar(&with.prefix, "prefix", "", "put this `text` before each slash command where the names are taken: acme- makes /acme-idea; set slack.prefix to the same")
	cmd.Flags().BoolVar(&with.captureReaction, "capture-reaction", false, "also offer the capture form to whoever puts the emoji of slack.capture_reaction on a message")
	cmd.Flags().BoolVar(&with.publicChannels, "public-channels", false, "also post in public channels that the app was not invited to")
	cmd.RunE = func(*cobra.Command, []string) error {
		if with.prefix != "" && !prefixPattern.MatchString(with.prefix) {
			return misusef("--prefix %q is not a beginning that a slash command can have. Use at most 20 of a-z, 0-9, - and _, such as acme-", with.prefix)
		}
		text, err := newManifest(with).yaml(with)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(text)
		return err
	}
	return cmd
}

// features are the parts of the app that need rights of their own.
type features struct {
	prefix          string
	captureReaction bool
	publicChannels  bool
}

// scopePublic lets the bot post where nobody invited it.
const scopePublic = "chat:write.public"

// ballotScopes tell whom a ballot asks. Without them all else works.
var ballotScopes = []string{bot.ScopeChannels, bot.ScopePrivateChannels, bot.ScopeUsergroups}

// wallScopes pin the wall of a team, and tell that it is not pinned any more.
var wallScopes = []string{bot.ScopePins, bot.ScopePinned}

// pictureScopes bring pictures to Slack. Without them all is said in words.
var pictureScopes = []string{bot.ScopeFiles, bot.ScopeReadFiles}

// right is one scope or event with the reason it is asked for.
type right struct{ name, reason string }

// scopes are the rights of the bot token: what the bot cannot start without,
// and what the features need.
func (f features) scopes() []right {
	var list []right
	for _, scope := range bot.Scopes() {
		if scope.Required || scope.Name == bot.ScopeReaction && f.captureReaction || scope.Name == scopePublic && f.publicChannels ||
			scope.Name == bot.ScopeDisturb || scope.Name == bot.ScopeCanvases || slices.Contains(ballotScopes, scope.Name) || slices.Contains(pictureScopes, scope.Name) || slices.Contains(wallScopes, scope.Name) {
			list = append(list, right{scope.Name, scope.For})
		}
	}
	return list
}

// events are what Slack reports by itself.
func (f features) events() []right {
	list := []right{
		{"app_home_opened", "draw Home when it is opened"},
		{"app_uninstalled", "stop when the app is removed"},
		{"tokens_revoked", "stop when the token is withdrawn"},
		{"user_change", "forget a person's role at once when it changes"},
	}
	if f.captureReaction {
		list = append(list, right{"reaction_added", "the emoji that offers the capture form"})
	}
	return list
}

// manifest is Slack's app manifest, schema 2, as far as alignbot fills it:
// https://docs.slack.dev/reference/app-manifest
type manifest struct {
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Long        string `yaml:"long_description"`
		Background  string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Bot struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		Commands  []manifestCommand  `yaml:"slash_commands"`
		Shortcuts []manifestShortcut `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			On bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		OrgDeploy     bool `yaml:"org_deploy_enabled"`
		SocketMode    bool `yaml:"socket_mode_enabled"`
		TokenRotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

type manifestCommand struct {
	Command     string `yaml:"command"`
	Description string `yaml:"description"`
	Hint        string `yaml:"usage_hint,omitempty"`
	Escape      bool   `yaml:"should_escape"`
}

type manifestShortcut struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"`
	Callback    string `yaml:"callback_id"`
	Description string `yaml:"description"`
}

// newManifest describes the app: its commands and shortcuts are those of
// commands.List.
func newManifest(with features) manifest {
	var m manifest
	m.Display.Name = "alignbot"
	m.Display.Description = "Every idea gets an outcome, evidence and a decision, in the channel where the team already talks"
	m.Display.Long = "alignbot keeps what a team might do apart from what it will do. Ideas are captured in the channel where they come up, " +
		"validated with checklists, tests and evidence, and only what has an outcome, evidence and a decision reaches the Product Backlog; " +
		"what is turned down keeps its reason, and what is delivered is asked what it changed. It reads no messages but those that somebody " +
		"points it at, and stores what it knows in your own Redis."
	m.Display.Background = "#1f4e5f"
	m.Features.Home.Home = true
	m.Features.Home.Messages, m.Features.Home.ReadOnly = true, true
	m.Features.Bot.Name, m.Features.Bot.Online = "alignbot", true
	m.Features.Commands, m.Features.Shortcuts = entryPoints(commands.List(), with.prefix)
	for _, scope := range with.scopes() {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, scope.name)
	}
	for _, event := range with.events() {
		m.Settings.Events.Bot = append(m.Settings.Events.Bot, event.name)
	}
	m.Settings.Interactivity.On = true
	m.Settings.SocketMode = true
	return m
}

// entryPoints are the slash commands, with all their words in the hint, and the
// shortcuts of the list, in its order.
func entryPoints(list []commands.Entry, prefix string) ([]manifestCommand, []manifestShortcut) {
	var slash []manifestCommand
	var shortcuts []manifestShortcut
	at := map[string]int{}
	for _, entry := range list {
		switch entry.On {
		case commands.Slash:
			i, known := at[entry.Name]
			if !known {
				i = len(slash)
				at[entry.Name] = i
				slash = append(slash, manifestCommand{Command: "/" + prefix + strings.TrimPrefix(entry.Name, "/"), Escape: true})
			}
			if entry.Word == "" {
				slash[i].Description = entry.Help
			}
			if hint := strings.TrimSpace(entry.Word + " " + entry.Usage); hint != "" && slash[i].Hint != "" {
				slash[i].Hint += " | " + hint
			} else {
				slash[i].Hint += hint
			}
		case commands.GlobalShortcut:
			shortcuts = append(shortcuts, manifestShortcut{entry.Usage, "global", entry.Name, entry.Help})
		case commands.MessageShortcut:
			shortcuts = append(shortcuts, manifestShortcut{entry.Usage, "message", entry.Name, entry.Help})
		}
	}
	return slash, shortcuts
}

// yaml writes the manifest with the reason for each right beside it.
func (m manifest) yaml(with features) ([]byte, error) {
	var root yaml.Node
	if err := root.Encode(m); err != nil {
		return nil, fmt.Errorf("encode the manifest: %w", err)
	}
	root.HeadComment = "# alignbot's app manifest for Slack: paste it at api.slack.com/apps, Create New App, From a manifest.\n" +
		"# The app-level token (xapp-, scope connections:write) is made by hand afterwards, under Basic Information."
	explain(&root, with.scopes(), "oauth_config", "scopes", "bot")
	explain(&root, with.events(), "settings", "event_subscriptions", "bot_events")
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&root); err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return out.Bytes(), nil
}

// explain puts the reasons beside the items of the list at path.
func explain(node *yaml.Node, rights []right, path ...string) {
	for _, key := range path {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				node = node.Content[i+1]
				break
			}
		}
	}
	for i, right := range rights {
		node.Content[i].LineComment = "# " + right.reason
	}
}
