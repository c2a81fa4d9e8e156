#include "render/write.h"

namespace sallyport::render {

void write_moment(std::string& out, const Reader& reader, Instant at, std::string text)
{
    const std::string machine = format_machine(at);
    out += "<time datetime=\"";
    out += machine;
    out += '"';
    if (reader.zone != "UTC") {
        out += " title=\"";
        out.append(machine, 0, 10);
        out += ' ';
        out.append(machine, 11, 5);
        out += " UTC\"";
    }
    out += '>';
    escape_html(out, text);
    out += "</time>";
}

void put_json(std::string& out, std::string_view text)
{
    out += '"';
    escape_json(out, text);
    out += '"';
}
void put_json(std::string& out, std::int64_t number) { out += std::to_string(number); }
void put_json(std::string& out, bool flag) { out += flag ? "true" : "false"; }
void put_json(std::string& out, Instant at) { put_json(out, std::string_view(format_machine(at))); }
void put_json(std::string& out, Duration duration)
{
    out += std::to_string(duration / std::chrono::seconds(1));
}
void put_json(std::string& out, const Secret& secret) { put_json(out, secret.reveal_text()); }

namespace {

void put_argument(std::string& out, const Argument& argument)
{
    struct Visitor {
        std::string& out;
        void operator()(const std::string& value) const { put_json(out, std::string_view(value)); }
        void operator()(std::int64_t value) const { put_json(out, value); }
        void operator()(Instant at) const { put_json(out, at); }
        void operator()(ClockTime time) const { put_json(out, time.at); }
        void operator()(Day day) const { put_json(out, day.at); }
        void operator()(Duration value) const { put_json(out, value); }
    };
    std::visit(Visitor{out}, argument);
}

}  // namespace

void put_json(std::string& out, const Message& message)
{
    out += "{\"code\":";
    put_json(out, key(message.id));
    for (const auto& [name, value] : message.arguments) {
        out += ",\"";
        escape_json(out, name);
        out += "\":";
        put_argument(out, value);
    }
    out += '}';
}

void put_json(std::string& out, const Problems& problems)
{
    out += '[';
    bool first = true;
    for (const auto& problem : problems) {
        if (!std::exchange(first, false)) out += ',';
        out += "{\"field\":";
        put_json(out, std::string_view(problem.field));
        out += ",\"message\":";
        put_json(out, problem.message);
        out += '}';
    }
    out += ']';
}

}  // namespace sallyport::render
