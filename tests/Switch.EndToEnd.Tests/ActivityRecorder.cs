using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Switch.EndToEnd.Tests;

/// <summary>Keeps every span of this process while it lives, from all sources or from those named.</summary>
internal sealed class ActivityRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public ActivityRecorder(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Length == 0 || sources.Contains(source.Name),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> Stopped => _stopped;

    /// <summary>All that an exporter could send of a span.</summary>
    public static string Describe(Activity activity)
    {
        var text = new StringBuilder();
        text.AppendJoin(
            ' ', activity.Source.Name, activity.OperationName, activity.DisplayName, activity.Id, activity.ParentId,
            activity.TraceStateString, activity.Status, activity.StatusDescription);
        Append(text, activity.TagObjects);
        foreach (var (name, value) in activity.Baggage) text.Append(' ').Append(name).Append('=').Append(value);
        foreach (var e in activity.Events) Append(text.Append(' ').Append(e.Name), e.Tags);
        foreach (var link in activity.Links) Append(text, link.Tags ?? []);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static void Append(StringBuilder text, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags) text.Append(' ').Append(name).Append('=').Append(value);
    }
}
