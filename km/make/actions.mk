# What every Makefile of this tree includes, after setting some of these, with = where they name
# $(TOP) or $(BLDTOP):
#
#   SUBDIRS       folders to visit with the same goal
#   EXEC          one program, made from SOURCES
#   EXECS         several programs, each made from the one source that bears its name
#   LIB           a static library, lib$(LIB).a, made from SOURCES
#   SOLIB         a shared library, lib$(SOLIB).so, made from SOURCES
#   SOURCES       C, C++ (.cpp) and assembly (.S) files, relative to the Makefile
#   INCLUDES      folders for -I
#   LLIBS         libraries to link with, as file names or -l options
#   COPTS         optimisation and debug options, replacing the default
#   LOCAL_COPTS   further compiler options, for this folder only
#   LOCAL_LDOPTS  further linker options, for this folder only
#
# Output goes to build/<path of the folder>/. TOP is the folder above this one; git is not needed.
# With VARIANT=NAME it goes to build/NAME/<path of the folder>/: for a Makefile that knows variants.

TOP := $(patsubst %/,%,$(dir $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))))
HERE := $(patsubst $(TOP)/%,%,$(realpath $(CURDIR))/)
BLDTOP := $(TOP)/build$(addprefix /,$(VARIANT))
BLDDIR := $(patsubst %/,%,$(BLDTOP)/$(patsubst $(TOP)/,,$(HERE)))

COPTS ?= -O2 -g
OPTIONS = -Wall -Wextra -Wshadow -Werror $(COPTS) -ffile-prefix-map=$(TOP)=. \
	$(addprefix -I,$(INCLUDES)) $(LOCAL_COPTS)
CFLAGS = -std=c11 $(OPTIONS)
CXXFLAGS = -std=c++17 $(OPTIONS)
LDFLAGS = $(LOCAL_LDOPTS)
# A program with C++ in it is linked by that compiler, for its library.
LINK = $(if $(filter %.cpp,$(SOURCES)),$(CXX) $(CXXFLAGS),$(CC) $(CFLAGS))

OBJECTS := $(addprefix $(BLDDIR)/,$(addsuffix .o,$(SOURCES) $(addsuffix .c,$(EXECS))))
TARGETS := $(addprefix $(BLDDIR)/,$(EXEC) $(EXECS) $(LIB:%=lib%.a) $(SOLIB:%=lib%.so))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all clean help test $(SUBDIRS)

all: $(SUBDIRS) $(TARGETS) ## Build everything below this folder

$(SUBDIRS):
	@$(MAKE) --no-print-directory -C $@ $(filter all clean,$(MAKECMDGOALS))

ifneq ($(SOLIB),)
$(OBJECTS): LOCAL_COPTS += -fPIC
endif

# The Makefiles are prerequisites: an option changed there must reach every object.
$(BLDDIR)/%.c.o: %.c $(wildcard Makefile) $(TOP)/make/actions.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(BLDDIR)/%.cpp.o: %.cpp $(wildcard Makefile) $(TOP)/make/actions.mk
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(BLDDIR)/%.S.o: %.S $(wildcard Makefile) $(TOP)/make/actions.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

ifneq ($(EXEC),)
$(BLDDIR)/$(EXEC): $(OBJECTS) $(filter %.a %.o,$(LLIBS))
	$(LINK) $(OBJECTS) $(LDFLAGS) $(LLIBS) -o $@
endif

ifneq ($(EXECS),)
$(addprefix $(BLDDIR)/,$(EXECS)): %: %.c.o $(filter %.a %.o,$(LLIBS))
	$(CC) $(CFLAGS) $< $(LDFLAGS) $(LLIBS) -o $@
endif

# D: no time stamps or owners in the archive, so that equal objects give equal libraries.
ifneq ($(LIB),)
$(BLDDIR)/lib$(LIB).a: $(OBJECTS)
	rm -f $@ && $(AR) rcsD $@ $(OBJECTS)
endif

ifneq ($(SOLIB),)
$(BLDDIR)/lib$(SOLIB).so: $(OBJECTS) $(filter %.a %.o,$(LLIBS))
	$(LINK) -shared $(OBJECTS) $(LDFLAGS) $(LLIBS) -o $@
endif

clean: $(SUBDIRS) ## Remove what was built below this folder
	rm -rf $(BLDDIR)

help: ## List the goals
	@sed -n 's/^\([a-z][a-z%-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort -u | \
		while IFS="$$(printf '\t')" read -r goal text; do printf '  %-24s %s\n' "$$goal" "$$text"; done
	@printf '  %-24s %s\n' print-VAR "Print the value of the make variable VAR"

print-%:
	@printf '%s\n' '$($*)'

-include $(OBJECTS:.o=.d)

include $(dir $(lastword $(filter %/actions.mk,$(MAKEFILE_LIST))))images.mk
