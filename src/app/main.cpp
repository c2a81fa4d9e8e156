// The command line. Exit status: 0 done, 1 it went wrong, 2 it was called wrongly.
#include "adapters/log_sink.h"
#include "adapters/system_random.h"
#include "app/commands.h"
#include "base/log.h"

#include <CLI/CLI.hpp>

#include <exception>
#include <functional>
#include <iostream>

namespace sallyport::app {

namespace {

/// What was typed. A command that was found sets `run`, which gives the exit status.
class CommandLine {
public:
    CommandLine()
    {
        m_line.set_version_flag("--version", std::string("sallyport ") + version);
        m_line.require_subcommand(1);
        add_server();
        add_channels();
        add_mail();
        add_fakes();
        add_secrets();
    }

    /// The status where nothing is left to do: help was printed, or it was called wrongly.
    std::optional<int> parse(int argc, char** argv)
    {
        try {
            m_line.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return m_line.exit(error) == 0 ? 0 : 2;
        }
        return std::nullopt;
    }
    int run() { return m_run(); }

private:
    using Run = std::function<int()>;

    CLI::App& add(CLI::App& to, const char* name, const char* what, Run run)
    {
        CLI::App* const command = to.add_subcommand(name, what);
        command->callback([this, run = std::move(run)] { m_run = run; });
        return *command;
    }
    CLI::App& add_group(const char* name, const char* what)
    {
        CLI::App* const group = m_line.add_subcommand(name, what);
        group->require_subcommand(1);
        return *group;
    }
    void with_config(CLI::App& command)
    {
        command.add_option("--config", m_config, "the configuration file")->capture_default_str();
    }

    void add_server()
    {
        add(m_line, "dev", "serves on this machine only, with a development mailbox",
            [] { return run_dev(); });
        with_config(add(m_line, "serve", "serves in production", [this] { return run_serve(m_config); }));
        with_config(add(m_line, "check-config", "says what is wrong in a configuration file",
                        [this] { return run_check_config(m_config); }));
        with_config(add(m_line, "doctor", "says what is wrong with this installation, and what to do",
                        [this] { return run_doctor(m_config); }));
        with_config(add(m_line, "dns", "prints what the mail domain must publish",
                        [this] { return run_dns(m_config); }));
    }
    void add_channels()
    {
        CLI::App& channels = add_group("channels", "the list of official channels");
        CLI::App& verify = add(channels, "verify", "checks a copy of it, of anybody",
                               [this] { return run_verify_channels(m_document, m_keys_place); });
        verify.add_option("FILE_OR_URL", m_document, "where it is")->required();
        verify.add_option("--keys", m_keys_place,
                          "the exchange's keys (its /.well-known/jwks.json): file or URL");
    }
    void add_mail()
    {
        CLI::App& mail = add_group("mail", "mail that the breaker of mass alarms stopped, or that came back");
        CLI::App& bounced = add(mail, "bounced", "takes a bounce or complaint from standard input",
                                [this] { return run_take_bounce(m_config, m_recipient); });
        bounced.add_option("--to", m_recipient, "the address that it came to, with our tag")
            ->envname("RECIPIENT");
        with_config(bounced);
        with_config(add(mail, "list", "which, and how many wait",
                        [this] { return run_list_stopped_mail(m_config); }));
        for (const bool release : {true, false}) {
            CLI::App& command = add(mail, release ? "release" : "drop",
                                    release ? "the mass is meant: they leave" : "a mistake: they never leave",
                                    [this, release] { return run_end_stop(m_config, m_kind, release); });
            command.add_option("KIND", m_kind, "as the list names it, like E23")->required();
            with_config(command);
        }
    }
    void add_fakes()
    {
        CLI::App& fakes = add_group("fakes", "fakes that people reported");
        CLI::App& list = add(fakes, "list", "hosts and senders, those of most networks first",
                             [this] { return run_list_fakes(m_config, m_days, m_json); });
        list.add_option("--days", m_days, "of how many days")
            ->check(CLI::Range(1, 180))
            ->capture_default_str();
        list.add_flag("--json", m_json, "for programs");
        with_config(list);
        CLI::App& show = add(fakes, "show", "one report, or those of a host or sender",
                             [this] { return run_show_fakes(m_config, m_what, m_folder); });
        show.add_option("WHAT", m_what, "F-…, a host or a sender")->required();
        show.add_option("--save", m_folder, "a folder that gets the text and the picture of a report");
        with_config(show);
        for (const bool fake : {true, false}) {
            CLI::App& command =
                add(fakes, fake ? "confirm" : "clear", fake ? "it is a fake" : "it was from us",
                    [this, fake] { return run_answer_fake(m_config, m_what, fake); });
            command.add_option("REPORT", m_what, "F-…")->required();
            with_config(command);
        }
    }
    void add_secrets()
    {
        add(add_group("hash", "password hashing"), "calibrate", "measures and proposes Argon2id parameters",
            [this] { return run_calibrate(m_target_ms); })
            .add_option("--target-ms", m_target_ms, "how long one hash may take")
            ->check(CLI::Range(5, 2000))
            ->capture_default_str();
        add(add_group("keys", "the key file"), "create", "writes a new key file; never touches an old one",
            [this] { return run_create_keys(m_key_file); })
            .add_option("FILE", m_key_file, "where to write it")
            ->required();
    }

    CLI::App m_line{"Sallyport: the front door of a digital-asset exchange"};
    std::string m_config = "/etc/sallyport/sallyport.toml";
    std::string m_key_file, m_document, m_keys_place, m_kind, m_recipient, m_what, m_folder;
    int m_target_ms = 20;
    int m_days = 30;
    bool m_json = false;
    Run m_run;
};

}  // namespace

}  // namespace sallyport::app

int main(int argc, char** argv)
{
    using namespace sallyport;
    app::CommandLine line;
    if (const auto status = line.parse(argc, argv)) return *status;
    adapters::LogSink sink;
    log::install(&sink);
    try {
        return line.run();
    } catch (const std::exception& error) {
        std::cerr << "sallyport: " << error.what() << '\n';
        return 1;
    }
}
