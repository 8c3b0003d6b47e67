package load

import (
	"go/token"
	"go/types"
	"math/bits"
)

// scopeTree hands out scopes inside a package, each with a position of its own by which types.CheckExpr finds it.
//
// The checker must be given the user's very package, for its messages to say Image and not shop.Image. It finds a scope
// by walking the children of the package's, and nothing can be taken out of a scope again; so these are the leaves of a tree of
// fixed width, and finding one costs about the same however many there are.
type scopeTree struct {
	taken         int
	block, branch *types.Scope
}

const (
	// fanOut is how many children a scope of the tree has.
	fanOut = 64
	// firstPos is far from where any file lies in a FileSet.
	firstPos token.Pos = 1 << (bits.UintSize - 2)
)

// leaf returns a new empty scope inside of, and its position.
func (s *scopeTree) leaf(of *types.Scope) (*types.Scope, token.Pos) {
	pos := firstPos + token.Pos(s.taken)
	if s.taken%(fanOut*fanOut) == 0 {
		s.block = types.NewScope(of, pos, pos+fanOut*fanOut, "specs")
	}
	if s.taken%fanOut == 0 {
		s.branch = types.NewScope(s.block, pos, pos+fanOut, "specs")
	}
	s.taken++
	return types.NewScope(s.branch, pos, pos+1, "Go of a spec"), pos
}
