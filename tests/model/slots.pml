/* The slot protocol of live frames (common/live/FORMAT.md), for an exhaustive search by spin; check.sh runs it.

   What is modelled
     - One writer that makes frames in rings of SLOTS slots. It may abandon a frame that it has begun, move once to a new ring
       of the same session, pause for good, and die between any two of its stores. Its next life makes a new ring with a new
       session and takes the name.
     - A frame is two words; the entry may be thought of as one of them. Each holds the session, the frame, and whether this
       attempt at the frame will be published, so that a word of any other frame or attempt gives itself away.
     - The order of stores is no stronger than C++ and ARM give it. Stores are done in any order that release stores and the
       release fence allow: the words of a frame in any order, the odd sequence of frame n + 1 before or after everything
       that frame n does behind its own fence. A store that is only late is a slow writer.
     - So are a reader's loads: the words in any order, the second look at the sequence after them because of the acquire
       fence. After a torn frame it tries again at once or waits; both ways are searched, so the number of tries is of no
       matter.
     - Waiting: until the wake word is no longer what it was before `newest` was looked at (`woken` says just that). There is
       no time-out while the writer lives, so that a wake-up that is lost would be seen.

   What is not: a second reader, unless READERS says so, because readers store nothing and so cannot meet; a reader's death,
   which is a reader that does nothing more; checksums; two writers at a time under one name, which the address refuses.

   What must hold
     - `assert` in the reader: a frame that it returns is whole, was published, and is newer than the one before it.
     - `live`: once the writer does nothing more, paused or dead, the reader gets the newest frame. (And no state without a
       next step is left but the intended ones.)

   Each of these takes one rule away; the search must then find an error:
     NO_ODD, NO_RELEASE_FENCE, NO_RELEASE      of the writer
     NO_RECHECK, NO_ACQUIRE_FENCE              of the reader
     LATE_LOOK       the wake word is looked at after `newest`
     EMPTY_MOVE      a new ring begins without the newest frame                                                           */

#ifndef FRAMES
#define FRAMES 5 /* of the first life: with three slots, frame 1's is written twice more or less while it is read */
#endif
#ifndef LATER_FRAMES
#define LATER_FRAMES 2 /* of a later one: only how it takes over is new */
#endif
#ifndef LIVES
#define LIVES 2
#endif
#ifndef READERS
#define READERS 1
#endif
#define SLOTS 3
#define RINGS (LIVES + 1) /* one more to move to */
#define NOWHERE RINGS

#define at(n) slots[((n) - 1) % SLOTS]
#define word(session, n, lasting) ((session) * 16 + (n) * 2 + (lasting))

typedef Slot { byte sequence; byte words[2] };
typedef Ring { byte session; byte newest; bool moved; Slot slots[SLOTS] };
Ring ring[RINGS];
byte name = NOWHERE;    /* the ring that the name leads to */
byte rings = 0;      /* that were made */
byte reads[READERS]; /* the ring that a reader has mapped */
bool woken[READERS]; /* its ring's wake word is not what it was when it looked */
bool killed = false; /* there is no writer now */
bool ended = false;  /* nor will there be anything new */

/* For the property only: whether the reader still has to get the newest frame under the name. */
bool behind[READERS];

#define forReaders(statement) \
  i = 0; do :: i < READERS -> statement; i++ :: else -> break od; i = 0

/* What nobody can see any more is forgotten, so that no states differ by it. */
inline forget(r) {
  i = 0;
  do
  :: i < READERS -> if :: reads[i] == r -> break :: else -> i++ fi
  :: else ->
     ring[r].newest = 0; ring[r].moved = false;
     i = 0;
     do
     :: i < SLOTS -> ring[r].slots[i].sequence = 0; ring[r].slots[i].words[0] = 0; ring[r].slots[i].words[1] = 0; i++
     :: else -> break
     od;
     break
  od;
  i = 0
}

inline wake(r) { forReaders(woken[i] = (woken[i] || reads[i] == r)) }

/* What is still to be stored of frame n, from its odd sequence up to frame n + 1's. */
#define mustOdd 1
#define mustLeft 2
#define mustRight 4
#define mustEven 8
#define mustNewest 16
#define mustWake 32
#define mustNextOdd 64

#ifdef NO_RELEASE_FENCE
#define fenced true
#else
#define fenced (!(must & mustOdd))
#endif
#ifdef NO_RELEASE
#define filled (!(must & mustOdd))
#else
#define filled (!(must & (mustOdd | mustLeft | mustRight)))
#endif

proctype Writer() {
  byte session = 0;
  byte frames; /* that this life makes at most */
  byte my;     /* its ring */
  byte n;      /* the frame in work */
  byte must;
  bool tried;   /* frame n was abandoned once */
  bool lasting; /* this attempt will be published */
  bool further; /* and frame n + 1 will be begun in the same ring */
  byte before = 0;
  byte i = 0;

begin_session:
  skip;
  d_step {
    session++;
    frames = (session == 1 -> FRAMES : LATER_FRAMES);
    before = name;
    my = rings;
    rings++;
    ring[my].session = session;
    name = my; /* rename: whoever opens it finds all of the above */
    if
    :: before != NOWHERE -> forget(before)
    :: else
    fi;
    before = 0;
    killed = false;
    n = 1; must = mustOdd; tried = false;
    forReaders(behind[i] = false) /* there is nothing to get yet */
  }

begin_frame:
  /* What comes after this frame decides what may be stored before it is complete. */
  if
  :: !tried -> lasting = false; further = false; must = must | mustLeft | mustRight
  :: n < frames -> lasting = true; further = true;
     must = must | mustLeft | mustRight | mustEven | mustNewest | mustWake | mustNextOdd
  :: lasting = true; further = false; must = must | mustLeft | mustRight | mustEven | mustNewest | mustWake
  fi;
  do
  :: d_step { must & mustOdd ->
#ifndef NO_ODD
              ring[my].at(n).sequence = 2 * n - 1;
#endif
              must = must & ~mustOdd }
  :: d_step { (must & mustNextOdd) && !(must & mustOdd) ->
#ifndef NO_ODD
              ring[my].at(n + 1).sequence = 2 * n + 1;
#endif
              must = must & ~mustNextOdd }
  :: d_step { fenced && (must & mustLeft) -> ring[my].at(n).words[0] = word(session, n, lasting); must = must & ~mustLeft }
  :: d_step { fenced && (must & mustRight) -> ring[my].at(n).words[1] = word(session, n, lasting); must = must & ~mustRight }
  :: d_step { filled && (must & mustEven) -> ring[my].at(n).sequence = 2 * n; must = must & ~mustEven }
  :: d_step { !(must & mustEven) && (must & mustNewest) ->
              ring[my].newest = n; must = must & ~mustNewest;
              forReaders(behind[i] = true) }
  :: d_step { !(must & (mustEven | mustNewest)) && (must & mustWake) -> wake(my); must = must & ~mustWake }
  :: !lasting && !(must & mustOdd) -> break /* with whatever was filled */
  :: (must & ~mustNextOdd) == 0 -> break
  :: goto dead
  od;

  if
  :: !lasting -> d_step { tried = true; must = mustOdd }; goto begin_frame
  :: lasting && further -> d_step { n++; tried = false; must = (must -> mustOdd : 0) }; goto begin_frame
  :: lasting && !further && n < frames && session == 1 && rings == 1 -> goto move
  :: lasting && !further -> goto over
  fi;

move:
  skip;
  d_step { /* nobody sees it yet */
    ring[rings].session = session; ring[rings].newest = n;
#ifndef EMPTY_MOVE
    ring[rings].at(n).sequence = 2 * n;
    ring[rings].at(n).words[0] = ring[my].at(n).words[0];
    ring[rings].at(n).words[1] = ring[my].at(n).words[1];
#endif
    rings++
  }
  if
  :: name = rings - 1
  :: goto dead
  fi;
  if
  :: ring[my].moved = true
  :: goto dead
  fi;
  if
  :: d_step { wake(my); forget(my); my = rings - 1; n++; tried = false; must = mustOdd }; goto begin_frame
  :: goto dead
  fi;

dead:
  killed = true;
  if
  :: session < LIVES -> goto begin_session
  :: skip
  fi;
over:
  ended = true
}

proctype Reader(byte me) {
  byte session = 0;
  byte last = 0;
  byte n = 0;
  byte must = 0; /* bits 0, 1: the words to be copied; 2: the second look at the sequence */
  bool good;     /* what was copied is frame n */
  bool whole;    /* the second look says so */
  byte i = 0;

#define my reads[me]

open:
  name != NOWHERE;
  d_step {
    n = my;
    my = name;
    if
    :: n != NOWHERE && n != my -> forget(n)
    :: else
    fi;
    n = 0;
    last = (ring[my].session == session -> last : 0);
    session = ring[my].session
  }
look:
#ifdef LATE_LOOK
  n = ring[my].newest;
  woken[me] = false;
#else
  woken[me] = false;
  n = ring[my].newest;
#endif
  if
  :: n == last -> goto nothing
  :: else
  fi;
  if
  :: d_step { ring[my].at(n).sequence != 2 * n -> n = 0 }; goto torn
  :: d_step { ring[my].at(n).sequence == 2 * n -> must = 7; good = true; whole = true }
  fi;
  do
  :: d_step { must & 1 -> good = good && ring[my].at(n).words[0] == word(session, n, 1); must = must & ~1 }
  :: d_step { must & 2 -> good = good && ring[my].at(n).words[1] == word(session, n, 1); must = must & ~2 }
#ifdef NO_RECHECK
  :: d_step { must == 4 -> must = 0 }
#else
#ifdef NO_ACQUIRE_FENCE
  :: d_step { must & 4 -> whole = (ring[my].at(n).sequence == 2 * n); must = must & ~4 }
#else
  :: d_step { must == 4 -> whole = (ring[my].at(n).sequence == 2 * n); must = 0 }
#endif
#endif
  :: must == 0 -> break
  od;
  if
  :: whole ->
     d_step {
       assert(good);
       assert(n > last);
       last = n;
       behind[me] = ring[name].newest != 0 && (ring[name].session != session || ring[name].newest != last);
       n = 0; good = false; whole = false
     }
     goto look
  :: else ->
     d_step { n = 0; good = false }
  fi;

torn:
  if
  :: goto look
  :: goto nothing
  fi;

nothing:
  if
  :: ring[my].moved -> n = 0; goto open
  :: else -> n = 0
  fi;
end:
  if
  :: woken[me] -> goto look
  :: killed && ring[my].newest != last -> goto look /* a tenth of a second */
  :: name != my && (killed || ring[name].session != session) -> goto open /* half a second */
  fi
}
#undef my

init {
  atomic {
    byte i = 0;
    do
    :: i < READERS -> reads[i] = NOWHERE; run Reader(i); i++
    :: else -> break
    od;
    run Writer()
  }
}

#ifdef LIVE
ltl live { [] (ended -> <> !behind[0]) }
#endif
