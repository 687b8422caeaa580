package proof

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// change of one file of the repository: what stands there, once, and what is to.
type change struct{ file, from, to string }

// nextChanges make the release after this one of what is here: it keeps a field in each
// record that it writes, notes which, and derives a list of all ideas besides.
var nextChanges = []change{
	{"storage/derive.go", `const derived = "5"`, `const derived = "6"`},
	{"storage/scripts/lib/idea.lua", "    {kind .. team, order},\n", "    {kind .. team, order},\n    {W .. 'next:' .. team, order},\n"},
	{"storage/scripts/capture.lua", "local fields = {'key', key, 'order', int(seq), 'version', '1'}\n",
		"redis.call('SADD', W .. 'next', W .. 'idea:' .. key)\nlocal fields = {'key', key, 'order', int(seq), 'version', '1', 'next', 'kept'}\n"},
	{"storage/scripts/change_idea.lua", "redis.call('HINCRBY', name, 'version', 1)\n",
		"redis.call('HINCRBY', name, 'version', 1)\nredis.call('HSET', name, 'next', 'kept')\nredis.call('SADD', W .. 'next', name)\n"},
	{"storage/scripts/vote.lua", "if ARGV[13] ~= '' then redis.call('HSETNX', ballot, 'message', ARGV[13]) end\n",
		"if ARGV[13] ~= '' then redis.call('HSETNX', ballot, 'message', ARGV[13]) end\nredis.call('HSET', ballot, 'next', 'kept')\nredis.call('SADD', W .. 'next', ballot)\n"},
}

// nextRelease builds this test's own executable as the next release would be, once, and
// gives its path. Files of the repository stay as they are.
// https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies (-overlay)
var nextRelease = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for i, c := range nextChanges {
		text, err := os.ReadFile(filepath.Join(root, c.file))
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), c.from); n != 1 {
			return "", fmt.Errorf("%s has %d times %q, want once: bring nextChanges up to date", c.file, n, c.from)
		}
		changed := filepath.Join(scratch, fmt.Sprint("next", i, filepath.Ext(c.file)))
		if err := os.WriteFile(changed, []byte(strings.Replace(string(text), c.from, c.to, 1)), 0o600); err != nil {
			return "", err
		}
		overlay.Replace[filepath.Join(root, c.file)] = changed
	}
	encoded, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list, path := filepath.Join(scratch, "next.json"), filepath.Join(scratch, "next")
	if err := os.WriteFile(list, encoded, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "test", "-c", "-overlay", list, "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the next release: %w\n%s", err, said)
	}
	return path, nil
})
