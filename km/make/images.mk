# Goals that work on images, or in one: thin calls of buildenv, from any folder of this tree.
#
#   BUILDENV   the tool: the one of this repository where it is built, else the one in PATH
#   PLATFORM   distribution of the build image: debian or fedora
#   TARGET     goals for `withdocker`

BUILDENV ?= $(if $(wildcard $(TOP)/../dist/buildenv.cjs),node $(TOP)/../dist/buildenv.cjs,buildenv)
PLATFORM ?= debian
BUILDENV_IMAGE := buildenv-km-$(PLATFORM)

empty :=
space := $(empty) $(empty)
# What this make was told beside its goal, for the one in the container.
FORWARDED = $(filter -j% -k -n -s,$(MAKEFLAGS)) \
	$(subst TARGET=$(subst $(space),\$(space),$(TARGET)),,$(MAKEOVERRIDES))

.PHONY: buildenv-image pull-buildenv-image push-buildenv-image testenv-image withdocker \
	test-withdocker distro runenv-image publish publishclean

buildenv-image: ## Build the image that builds this tree
	$(BUILDENV) image build $(BUILDENV_IMAGE)

pull-buildenv-image: ## Get the build image from the registry
	$(BUILDENV) image pull $(BUILDENV_IMAGE)

push-buildenv-image: ## Give the build image to the registry
	$(BUILDENV) image push $(BUILDENV_IMAGE)

testenv-image: ## Build the image that tests this tree
	$(BUILDENV) image build test-km-$(PLATFORM)

buildenv-local-%: ## Install on this machine what the build image of a platform has
	$(BUILDENV) local install buildenv-km-$*

withdocker: ## Make TARGET, or everything, in the build image
	@$(BUILDENV) run -- make $(FORWARDED) $(TARGET)

test-withdocker: ## Run every test in the test image, and make TARGET
	@$(BUILDENV) test -- $(FORWARDED) $(TARGET)

distro: ## Assemble the images of what was built here
	$(BUILDENV) distro

publish: distro ## Push the images of what was built here, tagged by this branch
	$(BUILDENV) publish

publishclean: ## Remove what was published of this branch
	$(BUILDENV) unpublish

runenv-image: distro ## The same, by its old name
