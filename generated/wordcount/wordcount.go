// Package wordcount counts the words of a tree of text files. wordcount.async.yaml says how the functions below are
// connected; asyncgen made one loop of them.
package wordcount

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// WordCount is a word and how often it comes.
type WordCount struct {
	Word  string
	Count int
}

// errStop ends a walk that nobody wants to go on with.
var errStop = errors.New("stop")

// Files yields the paths of the regular files below root, folder by folder in the order of their names. What cannot be
// read is an error, and the last.
func Files(root string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.Type().IsRegular() && !yield(path, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			yield("", err)
		}
	}
}

// ReadLines yields the lines of a file, without their line ends, however long they are. The file is open only while
// the lines are ranged over. A file that cannot be read is an error, and the last; so is the end of ctx.
func ReadLines(ctx context.Context, path string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if ctx.Err() != nil {
			yield("", ctx.Err())
			return
		}
		file, err := os.Open(path)
		if err != nil {
			yield("", err)
			return
		}
		defer file.Close()
		for lines := bufio.NewReader(file); ; {
			line, err := lines.ReadString('\n')
			if line != "" && !yield(strings.TrimRight(line, "\r\n"), nil) || err == io.EOF {
				return
			}
			if err != nil {
				yield("", err)
				return
			}
		}
	}
}

// IsBreak reports whether r is no part of a word.
func IsBreak(r rune) bool { return !unicode.IsLetter(r) }

// Add counts word once more, and returns counts.
func Add(counts map[string]int, word string) map[string]int {
	counts[word]++
	return counts
}

// Ranked returns the counts, the highest first, equals in the order of the alphabet.
func Ranked(counts map[string]int) []WordCount {
	ranked := make([]WordCount, 0, len(counts))
	for word, count := range counts {
		ranked = append(ranked, WordCount{word, count})
	}
	slices.SortFunc(ranked, func(a, b WordCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Word, b.Word))
	})
	return ranked
}
