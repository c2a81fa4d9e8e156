#include "db/postgres/connection.h"

#include "base/check.h"

#include <array>
#include <cerrno>
#include <libpq-fe.h>
#include <poll.h>

namespace sallyport::db::postgres {
namespace {

constexpr int binary_format = 1;

/// Pointers into the values, as libpq takes them. The values outlive it.
class Parameters {
public:
    explicit Parameters(std::span<const Value> arguments) : m_numbers(arguments.size())
    {
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            std::string_view bytes;
            const char* data = nullptr;
            if (const auto* const number = std::get_if<std::int64_t>(&arguments[i])) {
                m_numbers[i] = encode(*number);
                bytes = {m_numbers[i].data(), m_numbers[i].size()};
                data = bytes.data();
            } else if (const auto* const text = std::get_if<std::string>(&arguments[i])) {
                bytes = *text;
                data = bytes.data();
            } else if (const auto* const blob = std::get_if<Bytes>(&arguments[i])) {
                bytes = as_text(*blob);
                data = blob->empty() ? "" : bytes.data();  // a null pointer would be NULL
            }
            m_values.push_back(data);
            m_lengths.push_back(static_cast<int>(bytes.size()));
            m_formats.push_back(binary_format);
        }
    }
    [[nodiscard]] int count() const { return static_cast<int>(m_values.size()); }
    [[nodiscard]] const char* const* values() const { return m_values.data(); }
    [[nodiscard]] const int* lengths() const { return m_lengths.data(); }
    [[nodiscard]] const int* formats() const { return m_formats.data(); }

private:
    std::vector<std::array<char, 8>> m_numbers;
    std::vector<const char*> m_values;
    std::vector<int> m_lengths;
    std::vector<int> m_formats;
};

std::vector<Oid> types_of(std::span<const Value> arguments)
{
    std::vector<Oid> types;
    for (const Value& value : arguments) types.push_back(parameter_type(value));
    return types;
}

std::string without_line_end(const char* message)
{
    std::string text = message;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

}  // namespace

void Connection::Finish::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }
void Connection::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }

Connection::Connection(const Settings& settings) : m_settings(settings)
{
    // The words given here come first, the operator's own may override them.
    const std::array keys{"client_encoding", "application_name", "dbname", static_cast<const char*>(nullptr)};
    const std::array values{"UTF8", "sallyport", settings.conninfo.c_str(),
                            static_cast<const char*>(nullptr)};
    m_connection.reset(PQconnectStartParams(keys.data(), values.data(), 1));
    if (!m_connection) throw Unavailable("PostgreSQL: out of memory");
    await_connected(settings.connect_limit);
    if (PQsetnonblocking(m_connection.get(), 1) != 0) throw Unavailable("PostgreSQL: no non-blocking mode");
    PQsetNoticeProcessor(m_connection.get(), [](void*, const char*) {}, nullptr);
    const auto limit = std::to_string(settings.statement_limit.count());
    run_once("SELECT set_config('statement_timeout', '" + limit +
                 "', false), "
                 "set_config('lock_timeout', '" +
                 limit +
                 "', false), "
                 "set_config('idle_in_transaction_session_timeout', '" +
                 limit + "', false)",
             {});
    // A commit that was answered is on the disk, whatever the server's configuration says.
    run_once("SELECT set_config('synchronous_commit', 'on', false) "
             "WHERE current_setting('synchronous_commit') = 'off'",
             {});
}

Connection::~Connection() = default;

void Connection::await_connected(std::chrono::milliseconds limit)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (PQstatus(m_connection.get()) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
            lose(without_line_end(PQerrorMessage(m_connection.get())));
        }
        wait_for_socket(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, limit);
        state = PQconnectPoll(m_connection.get());
    }
}

void Connection::wait_for_socket(short events, std::chrono::milliseconds limit)
{
    pollfd socket{PQsocket(m_connection.get()), events, 0};
    int ready = 0;
    do {
        ready = ::poll(&socket, 1, static_cast<int>(limit.count()));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) lose("PostgreSQL: no answer in time");
}

void Connection::lose(const std::string& why)
{
    m_lost = true;
    throw ConnectionLost(why);
}

bool Connection::alive()
{
    if (m_lost || PQstatus(m_connection.get()) != CONNECTION_OK) return false;
    pollfd socket{PQsocket(m_connection.get()), POLLIN, 0};
    if (::poll(&socket, 1, 0) <= 0) return true;
    return PQconsumeInput(m_connection.get()) == 1 && PQstatus(m_connection.get()) == CONNECTION_OK &&
           (socket.revents & (POLLHUP | POLLERR)) == 0;
}

void Connection::flush()
{
    for (;;) {
        const int left = PQflush(m_connection.get());
        if (left == 0) return;
        if (left < 0) lose(without_line_end(PQerrorMessage(m_connection.get())));
        wait_for_socket(POLLIN | POLLOUT, m_settings.silence_limit);
        // The server may wait for us to read before it reads on (libpq, section 34.5.1.1).
        if (PQconsumeInput(m_connection.get()) == 0)
            lose(without_line_end(PQerrorMessage(m_connection.get())));
    }
}

Connection::Result Connection::next_result()
{
    while (PQisBusy(m_connection.get()) == 1) {
        wait_for_socket(POLLIN, m_settings.silence_limit);
        if (PQconsumeInput(m_connection.get()) == 0)
            lose(without_line_end(PQerrorMessage(m_connection.get())));
    }
    return Result(PQgetResult(m_connection.get()));
}

Connection::Result Connection::finish_statement()
{
    Result last;
    for (Result result = next_result(); result; result = next_result()) last = std::move(result);
    if (!last) lose("PostgreSQL: the connection ended");
    return last;
}

Outcome Connection::outcome_of(const Result& result)
{
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail(result.get());
    const int columns = PQnfields(result.get());
    const int rows = PQntuples(result.get());
    std::vector<Value> cells;
    cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const Oid type = PQftype(result.get(), column);
            if (PQgetisnull(result.get(), row, column) == 1) {
                cells.push_back(decode_null(type));
                continue;
            }
            const auto size = static_cast<std::size_t>(PQgetlength(result.get(), row, column));
            cells.push_back(decode(type, {PQgetvalue(result.get(), row, column), size}));
        }
    }
    const bool reads = std::string_view(PQcmdStatus(result.get())).starts_with("SELECT");
    const std::string changed = reads ? "" : PQcmdTuples(result.get());
    return {Rows(static_cast<std::size_t>(columns), std::move(cells)),
            changed.empty() ? 0 : std::stoll(changed)};
}

void Connection::fail(const pg_result* result)
{
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* const primary =
        PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);  // the detail holds values
    const std::string message =
        "PostgreSQL: " +
        (primary != nullptr ? std::string(primary) : without_line_end(PQresultErrorMessage(result)));
    if (PQstatus(m_connection.get()) != CONNECTION_OK || state == nullptr) lose(message);
    // Appendix A of PostgreSQL's documentation: the class of an SQLSTATE is its first two characters.
    const std::string_view code = state;
    const std::string_view group = code.substr(0, 2);
    if (code == "40001" || code == "40P01") throw Retry(message);
    if (group == "23") throw ConstraintViolation(message);
    if (code == "0A000" || code == "25P03")
        lose(message);                           // a plan out of date; ended for idling in a transaction
    if (code.starts_with("57P")) lose(message);  // the server goes down or has just come up
    if (group == "08" || group == "53" || group == "57" || group == "58" || group == "XX" ||
        code == "55P03" || code == "25006") {
        throw Unavailable(message);
    }
    throw ProgrammingError(message + " (" + std::string(code) + ")");
}

const std::string& Connection::prepared_name(std::string_view text, std::span<const Value> arguments,
                                             bool& is_new, std::vector<Oid>& types)
{
    types = types_of(arguments);
    const auto [entry, inserted] = m_prepared.try_emplace(StatementKey{text.data(), text.size(), types});
    if (inserted) entry->second = "s" + std::to_string(++m_names_given);
    is_new = inserted;
    return entry->second;
}

Outcome Connection::run(std::string_view text, std::span<const Value> arguments)
{
    bool is_new = false;
    std::vector<Oid> types;
    const std::string name = prepared_name(text, arguments, is_new, types);
    if (is_new) {
        const std::string copy(text);
        try {
            if (PQsendPrepare(m_connection.get(), name.c_str(), copy.c_str(), static_cast<int>(types.size()),
                              types.data()) == 0) {
                lose(without_line_end(PQerrorMessage(m_connection.get())));
            }
            flush();
            outcome_of(finish_statement());
        } catch (...) {
            m_prepared.erase(StatementKey{text.data(), text.size(), types});
            throw;
        }
    }
    const Parameters parameters(arguments);
    if (PQsendQueryPrepared(m_connection.get(), name.c_str(), parameters.count(), parameters.values(),
                            parameters.lengths(), parameters.formats(), binary_format) == 0) {
        lose(without_line_end(PQerrorMessage(m_connection.get())));
    }
    flush();
    return outcome_of(finish_statement());
}

Outcome Connection::run_once(const std::string& text, std::span<const Value> arguments)
{
    const auto types = types_of(arguments);
    const Parameters parameters(arguments);
    if (PQsendQueryParams(m_connection.get(), text.c_str(), parameters.count(), types.data(),
                          parameters.values(), parameters.lengths(), parameters.formats(),
                          binary_format) == 0) {
        lose(without_line_end(PQerrorMessage(m_connection.get())));
    }
    flush();
    return outcome_of(finish_statement());
}

void Connection::enter_pipeline()
{
    if (PQenterPipelineMode(m_connection.get()) != 1) lose("PostgreSQL: no pipeline");
}

void Connection::send(std::string_view text, std::span<const Value> arguments)
{
    bool is_new = false;
    std::vector<Oid> types;
    const std::string& name = prepared_name(text, arguments, is_new, types);
    const Parameters parameters(arguments);
    bool sent = true;
    if (is_new) {
        const std::string copy(text);
        sent = PQsendPrepare(m_connection.get(), name.c_str(), copy.c_str(), static_cast<int>(types.size()),
                             types.data()) == 1;
    }
    sent =
        sent && PQsendQueryPrepared(m_connection.get(), name.c_str(), parameters.count(), parameters.values(),
                                    parameters.lengths(), parameters.formats(), binary_format) == 1;
    // A sync after each: an error ends with its own statement.
    sent = sent && PQpipelineSync(m_connection.get()) == 1;
    if (!sent) lose(without_line_end(PQerrorMessage(m_connection.get())));
    m_sent.push_back({{text.data(), text.size(), std::move(types)}, is_new});
}

Outcome Connection::receive()
{
    CHECK(!m_sent.empty());
    flush();
    const Sent sent = std::move(m_sent.front());
    m_sent.pop_front();
    std::exception_ptr error;
    if (sent.prepares) {
        const Result prepared = finish_statement();
        if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
            m_prepared.erase(sent.key);
            try {
                fail(prepared.get());
            } catch (...) {
                error = std::current_exception();
            }
        }
    }
    const Result answer = finish_statement();
    const Result sync = next_result();
    if (!sync || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC)
        lose("PostgreSQL: the pipeline is out of step");
    if (error) std::rethrow_exception(error);
    return outcome_of(answer);
}

void Connection::leave_pipeline()
{
    if (PQexitPipelineMode(m_connection.get()) != 1) lose("PostgreSQL: the pipeline is not empty");
}

}  // namespace sallyport::db::postgres
