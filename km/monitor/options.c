#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "km.h"

#define GDB_PORT 2159 /* registered for it at IANA */

enum {
    OPTION_PUTENV = 256,
    OPTION_COPYENV,
    OPTION_KILL,
    OPTION_ARGV0,
    OPTION_KVM_FD,
};

static const struct option long_options[] = {
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {"verbose", no_argument, NULL, 'V'},
        {"hcall-stats", no_argument, NULL, 'S'},
        {"km-log-to", required_argument, NULL, 'k'},
        {"coredump", required_argument, NULL, 'C'},
        {"gdb", optional_argument, NULL, 'g'},
        {"putenv", required_argument, NULL, OPTION_PUTENV},
        {"copyenv", no_argument, NULL, OPTION_COPYENV},
        {"kill-unimplemented", no_argument, NULL, OPTION_KILL},
        {"argv0", required_argument, NULL, OPTION_ARGV0},
        {"kvm-fd", required_argument, NULL, OPTION_KVM_FD}, /* for exec.c alone */
        {NULL, 0, NULL, 0},
};

void km_options_help(FILE *out)
{
    fputs("Usage: km [OPTION..] PAYLOAD [ARGUMENT..]\n"
          "Runs the program PAYLOAD inside a virtual machine.\n"
          "\n"
          "      --putenv NAME=VALUE   give the payload this environment variable, and, unless\n"
          "                            --copyenv is there too, no others than those so given\n"
          "      --copyenv             give the payload the monitor's environment (default)\n"
          "      --kill-unimplemented  end the payload at a system call that the monitor lacks;\n"
          "                            without this option the call fails with ENOSYS\n"
          "      --argv0 NAME          give the payload NAME as its argument 0\n"
          "  -C, --coredump FILE       when a signal ends the payload that by default leaves a "
          "core\n"
          "                            file, write that to FILE\n"
          "  -g[PORT], --gdb[=PORT]    wait for gdb on this port of the loopback interface before\n"
          "                            the payload starts: 2159 without PORT, any for 0\n"
          "  -S, --hcall-stats         at the end, print how often the payload left the virtual\n"
          "                            machine, and for which system calls\n"
          "  -V, --verbose             log what the monitor does\n"
          "  -k, --km-log-to FILE      append the log to FILE instead of standard error\n"
          "  -v, --version             print the version\n"
          "  -h, --help                print this text\n"
          "\n"
          "The exit status is the payload's; 2 for wrong usage, 125 when the monitor fails, 126\n"
          "when PAYLOAD cannot be run, 127 when it is not found.\n",
            out);
}

static int add_variable(struct km_options *options, char *variable)
{
    size_t length = strcspn(variable, "=") + 1, i = 0;

    if (variable[0] == '=' || variable[length - 1] != '=') {
        fprintf(stderr, "km: --putenv needs NAME=VALUE, not \"%s\"\n", variable);
        return -EINVAL;
    }
    while (i < options->environment_count &&
            strncmp(options->environment[i], variable, length) != 0)
        i++;
    options->environment[i] = variable;
    if (i == options->environment_count)
        options->environment[++options->environment_count] = NULL;
    return 0;
}

static int parse_port(const char *text, int *port)
{
    char *end;
    long number = text == NULL ? GDB_PORT : strtol(text, &end, 10);

    if (text != NULL && (*text == '\0' || *end != '\0' || number < 0 || number > UINT16_MAX)) {
        fprintf(stderr, "km: --gdb needs a port, not \"%s\"\n", text);
        return -EINVAL;
    }
    *port = (int)number;
    return 0;
}

static int parse_one(struct km_options *options, int option, char *putenvs[], size_t *putenv_count)
{
    switch (option) {
    case 'v':
        options->version = true;
        return 0;
    case 'h':
        options->help = true;
        return 0;
    case 'V':
        options->verbose = true;
        return 0;
    case 'S':
        options->stats = true;
        return 0;
    case 'k':
        options->log_file = optarg;
        return 0;
    case 'C':
        options->core_file = optarg;
        return 0;
    case 'g':
        return parse_port(optarg, &options->gdb_port);
    case OPTION_PUTENV:
        putenvs[(*putenv_count)++] = optarg;
        return 0;
    case OPTION_COPYENV:
        options->copy_environment = true;
        return 0;
    case OPTION_KILL:
        options->kill_unimplemented = true;
        return 0;
    case OPTION_ARGV0:
        options->argv0 = optarg;
        return 0;
    case OPTION_KVM_FD:
        options->kvm_fd = atoi(optarg);
        return 0;
    default: /* getopt_long(3) has printed what is wrong */
        return -EINVAL;
    }
}

int km_options_parse(struct km_options *options, int argc, char *argv[], char *environment[])
{
    size_t host_count = 0, putenv_count = 0;
    char **putenvs = calloc((size_t)argc + 1, sizeof(*putenvs));
    int rc = putenvs == NULL ? -ENOMEM : 0, option;

    *options = (struct km_options){.kvm_fd = -1, .gdb_port = -1};
    while (environment[host_count] != NULL)
        host_count++;
    options->environment = calloc(host_count + (size_t)argc + 1, sizeof(*environment));
    if (options->environment == NULL)
        rc = -ENOMEM;
    while (rc == 0 && (option = getopt_long(argc, argv, "+vhVSk:C:g::", long_options, NULL)) != -1)
        rc = parse_one(options, option, putenvs, &putenv_count);
    if (rc == 0 && (putenv_count == 0 || options->copy_environment)) {
        memcpy(options->environment, environment, host_count * sizeof(*environment));
        options->environment_count = host_count;
    }
    for (size_t i = 0; rc == 0 && i < putenv_count; i++)
        rc = add_variable(options, putenvs[i]);
    free(putenvs);
    if (rc == 0 && optind < argc)
        options->payload = argv + optind;
    return rc;
}
