// Command dockeroracle answers what Docker's own libraries make of ignore files and of variables.
//
// It reads one JSON request a line and writes one JSON answer a line. Tests ask it the same
// questions as our code.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type request struct {
	// Ignore is an ignore file's text, Paths what is asked of it.
	Ignore string   `json:"ignore"`
	Paths  []string `json:"paths"`
	// Word is expanded with Env where it is given.
	Word   *string           `json:"word"`
	Env    map[string]string `json:"env"`
	Escape string            `json:"escape"`
}

type answer struct {
	LeftOut []bool `json:"leftOut"`
	Text    string `json:"text"`
	Error   string `json:"error"`
}

type environment map[string]string

func (e environment) Get(key string) (string, bool) { value, ok := e[key]; return value, ok }

func (e environment) Keys() []string {
	keys := make([]string, 0, len(e))
	for key := range e {
		keys = append(keys, key)
	}
	return keys
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked request
		made := answer{LeftOut: []bool{}}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			made.Error = err.Error()
		} else if err := reply(asked, &made); err != nil {
			made.Error = err.Error()
		}
		if err := out.Encode(made); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func reply(asked request, made *answer) error {
	if asked.Word != nil {
		lex := shell.NewLex([]rune(asked.Escape)[0])
		text, _, err := lex.ProcessWord(*asked.Word, environment(asked.Env))
		made.Text = text
		return err
	}
	patterns, err := ignorefile.ReadAll(strings.NewReader(asked.Ignore))
	if err != nil {
		return err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return err
	}
	for _, path := range asked.Paths {
		leftOut, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return err
		}
		made.LeftOut = append(made.LeftOut, leftOut)
	}
	return nil
}
