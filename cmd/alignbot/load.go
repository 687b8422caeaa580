package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

const (
	envPrefix  = "ALIGNBOT_"
	envConfig  = envPrefix + "CONFIG" // the file, when no --config is given
	fileSuffix = "_FILE"              // ALIGNBOT_SLACK_BOT_TOKEN_FILE names a file that holds the token
)

// sources is where settings come from, in rising order: the file, the
// environment, the command line. What none of them names has its default.
type sources struct {
	file    string            // path, "" for none
	environ []string          // as os.Environ gives it
	flags   map[string]string // by key, only those given
}

// load reads the settings and checks the parts that are needed. All that is
// wrong is returned at once, as a *SettingsError.
func (from sources) load(need ...check) (Settings, error) {
	l := loading{settings: defaults(), viper: viper.New(), where: map[string]string{}}
	l.readFile(from.file)
	l.readEnvironment(from.environ)
	for key, value := range from.flags {
		l.set(key, value, "--"+setting{key: key}.flag())
	}
	for _, s := range l.settings.all() {
		raw := l.viper.Get(s.key)
		if raw == nil {
			continue
		}
		if err := assign(s.value, raw); err != nil {
			l.wrong(s.key, err.Error(), example(s))
		}
	}
	for _, check := range need {
		check(l.settings, func(key, reason, fix string) {
			if !l.refused(key) {
				l.wrong(key, reason, fix)
			}
		})
	}
	if len(l.problems) > 0 {
		return Settings{}, &SettingsError{l.problems}
	}
	return l.settings, nil
}

// loading is a load under way.
type loading struct {
	settings Settings
	viper    *viper.Viper
	where    map[string]string // key -> where its value came from
	problems []SettingProblem
}

func (l *loading) set(key string, value any, where string) {
	l.viper.Set(key, value)
	l.where[key] = where
}

func (l *loading) wrong(key, reason, fix string) {
	l.problems = append(l.problems, SettingProblem{Key: key, Where: l.where[key], Reason: reason, Fix: fix})
}

// refused tells whether the key is known to be wrong already.
func (l *loading) refused(key string) bool {
	return slices.ContainsFunc(l.problems, func(p SettingProblem) bool { return p.Key == key })
}

// readFile reads the YAML file twice: once as nodes, for what viper does not
// tell (the line of each key, unknown keys, keys that differ in letter case
// only), once into viper.
func (l *loading) readFile(path string) {
	if path == "" {
		return
	}
	broken := func(reason, fix string) {
		l.problems = append(l.problems, SettingProblem{Where: path, Reason: reason, Fix: fix})
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		broken("the file does not exist", "Correct the path, or start from a copy of config.example.yaml.")
		return
	}
	if err != nil {
		broken("the file cannot be read: "+reasonOf(err), "Let the user that runs alignbot read it.")
		return
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		broken(strings.TrimPrefix(err.Error(), "yaml: "), "Correct the line; YAML is indented with spaces, and text with special characters goes in quotes.")
		return
	}
	if len(document.Content) == 0 { // an empty file sets nothing
		return
	}
	if document.Content[0].Kind != yaml.MappingNode {
		broken("the file does not hold sections such as slack: and redis:", "Start from a copy of config.example.yaml.")
		return
	}
	known := l.settings.all()
	l.readSection(path, "", document.Content[0], known)
	l.viper.SetConfigType("yaml")
	if err := l.viper.ReadConfig(bytes.NewReader(text)); err != nil && len(l.problems) == 0 {
		broken("the file cannot be read: "+reasonOf(err), "Compare it with config.example.yaml.")
	}
}

func (l *loading) readSection(path, prefix string, section *yaml.Node, known []setting) {
	names := make([]string, 0, len(known))
	for _, s := range known {
		names = append(names, s.key)
		if name, _, _ := strings.Cut(s.key, "."); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := 0; i+1 < len(section.Content); i += 2 {
		key, value := prefix+section.Content[i].Value, section.Content[i+1]
		where := fmt.Sprintf("%s:%d", path, section.Content[i].Line)
		unknown := !slices.Contains(names, key)
		switch _, had := l.where[key]; {
		case unknown && slices.Contains(names, strings.ToLower(key)):
			l.problems = append(l.problems, SettingProblem{key, where, "keys are written in lower case", "Write " + strings.ToLower(key) + "."})
		case unknown:
			l.problems = append(l.problems, SettingProblem{key, where, "there is no such setting", suggest(key, names)})
		case had:
			l.problems = append(l.problems, SettingProblem{key, where, "it is there twice", "Remove one of the two."})
		case prefix != "":
			l.where[key] = where
		case value.Kind == yaml.MappingNode:
			l.where[key] = where
			l.readSection(path, key+".", value, known)
		case value.Tag != "!!null":
			l.problems = append(l.problems, SettingProblem{key, where, "it is a section, not a value", "Put its settings on the lines below it, indented by two spaces."})
		}
	}
}

// kubernetesLink matches the variables that Kubernetes and old Docker links add
// for a service that is called alignbot. They are none of ours.
var kubernetesLink = regexp.MustCompile(`^ALIGNBOT_(SERVICE_(HOST|PORT.*)|PORT(_.*)?|NAME|ENV_.*)$`)

// readEnvironment takes the ALIGNBOT_ variables. An empty one counts as unset,
// as compose files leave them.
func (l *loading) readEnvironment(environ []string) {
	given := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, envPrefix) && value != "" {
			given[name] = value
		}
	}
	known := []string{envConfig}
	for _, s := range l.settings.all() {
		env := s.env()
		known = append(known, env)
		value, ok := given[env]
		if ok {
			l.set(s.key, value, env)
		}
		if !s.secret {
			continue
		}
		known = append(known, env+fileSuffix)
		path, fromFile := given[env+fileSuffix]
		switch {
		case !fromFile:
		case ok:
			l.problems = append(l.problems, SettingProblem{s.key, env + fileSuffix, "it is set twice, also by " + env, "Unset one of the two."})
		default:
			text, err := os.ReadFile(path)
			if err != nil {
				l.problems = append(l.problems, SettingProblem{s.key, env + fileSuffix, "the file it names cannot be read: " + reasonOf(err), "Correct the path, or let the user that runs alignbot read it."})
				continue
			}
			l.set(s.key, strings.TrimSpace(string(text)), env+fileSuffix)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) && !strings.HasPrefix(name, envPrefix+"TEST_") && !kubernetesLink.MatchString(name) {
			l.problems = append(l.problems, SettingProblem{name, "environment", "there is no such setting", suggest(name, known)})
		}
	}
}

// assign puts a value, as YAML or a line of text gave it, into a setting. It is
// strict where a lenient reading would surprise: 5 is not a duration, yes is
// not a text, 2.5 is not a number of sockets.
func assign(to reflect.Value, raw any) error {
	text, isText := raw.(string)
	switch to.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if !isText || err != nil {
			return errors.New("it is not a duration with its unit")
		}
		to.SetInt(int64(d))
	case bool:
		value, ok := raw.(bool)
		if isText {
			var err error
			value, err = strconv.ParseBool(text)
			ok = err == nil
		}
		if !ok {
			return errors.New("it is neither true nor false")
		}
		to.SetBool(value)
	case int:
		value, ok := raw.(int)
		if isText {
			var err error
			value, err = strconv.Atoi(text)
			ok = err == nil
		}
		if !ok {
			return errors.New("it is not a whole number")
		}
		to.SetInt(int64(value))
	default:
		if !isText {
			return errors.New("it is not a text")
		}
		to.SetString(text)
	}
	return nil
}

// example says how a value of the setting's type is written.
func example(s setting) string {
	switch s.value.Interface().(type) {
	case time.Duration:
		return "Write a number and its unit, such as 1s or 500ms."
	case bool:
		return "Write true or false."
	case int:
		return "Write a number such as 2."
	}
	return "Write one text, in quotes if it could be read as something else."
}

// suggest names the known word that is closest to the one given.
func suggest(given string, known []string) string {
	if word := closest(given, known); word != "" {
		return "Did you mean " + word + "?"
	}
	return "Remove it, or look for its name in config.example.yaml."
}

// closest is the known word that the one given may have been meant for, or "".
func closest(given string, known []string) string {
	best, distance := "", 4
	for _, word := range known {
		if d := levenshtein.ComputeDistance(given, word); d < distance {
			best, distance = word, d
		}
	}
	return best
}

// reasonOf leaves out the path that a file error repeats.
func reasonOf(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
