using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Switch.Testing;

/// <summary>Keeps every log line of a test, exceptions included.</summary>
public sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, int EventId, string Text)> _lines = new();

    /// <summary>Everything logged so far.</summary>
    public IReadOnlyCollection<(LogLevel Level, int EventId, string Text)> Lines => _lines;

    /// <summary>Everything logged so far as one text.</summary>
    public string Text => string.Join('\n', _lines.Select(line => line.Text));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel, int, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            // Providers print scopes with every line; kept once here, at the level that asks for everything.
            lines.Enqueue((LogLevel.Trace, 0, $"{category}: scope {state} {Structured(state)}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var text = $"{category}: {formatter(state, exception)} {Structured(state)} {exception}";
            lines.Enqueue((logLevel, eventId.Id, text));
        }

        private static string Structured<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values
                ? string.Join(' ', values.Select(v => $"{v.Key}={Shown(v.Value)}"))
                : "";

        // A structured provider writes out what ToString hides.
        private static object? Shown(object? value) => value switch
        {
            byte[] bytes => Convert.ToHexString(bytes),
            Memory<byte> bytes => Convert.ToHexString(bytes.Span),
            ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
            _ => value,
        };
    }
}
