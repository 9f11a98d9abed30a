using YamlDotNet.RepresentationModel;

namespace Switch.Simulator;

/// <summary>Reads a rule's <c>then</c>.</summary>
internal static class ActionsReader
{
    private static readonly Dictionary<string, SilenceKind> SilenceWords = new()
    {
        ["true"] = SilenceKind.Processed,
        ["processed"] = SilenceKind.Processed,
        ["lost"] = SilenceKind.Lost,
    };

    private static readonly Dictionary<string, DisconnectKind> DisconnectWords = new()
    {
        ["before"] = DisconnectKind.Before,
        ["after"] = DisconnectKind.After,
        ["instead"] = DisconnectKind.Instead,
    };

    private static readonly Dictionary<string, MalformedKind> MalformedWords = new()
    {
        ["garbage"] = MalformedKind.Garbage,
        ["truncated"] = MalformedKind.Truncated,
        ["oversized"] = MalformedKind.Oversized,
        ["bad_bitmap"] = MalformedKind.BadBitmap,
    };

    /// <summary>Reads the actions; a plain word such as <c>silent</c> stands for <c>{silent: true}</c>.</summary>
    public static RuleActions Read(YamlNode node, string path, FaultLog faults)
    {
        var section = node is YamlScalarNode { Value: { } word }
            ? new YamlSection(node, word, "true", path, faults)
            : new YamlSection(node, path, faults);
        var approves = section.Value<bool>("approve", ScenarioText.Truth, "true or false", false);
        var code = section.Value<string?>("code", ScenarioText.Code!, "a response code", null);
        var isPartial = section.TryTake<decimal>("partial", ScenarioText.Share, "a share such as 50%", out var share);
        var isLate = section.TryTake<TimeSpan>("late", ScenarioText.Duration, "a duration such as 12s", out var late);
        var latency = ReadLatency(section, faults);
        var actions = new RuleActions
        {
            Code = approves ? "00" : code,
            Partial = isPartial ? share : null,
            Latency = isLate ? new Latency.Fixed(late) : latency,
            IsLate = isLate,
            Silence = section.Value(
                "silent", ScenarioText.Word(SilenceWords), "true, processed or lost", SilenceKind.None),
            AnswerTwice = section.Value<bool>("answer_twice", ScenarioText.Truth, "true or false", false),
            Disconnect = section.Value(
                "disconnect", ScenarioText.Word(DisconnectWords), "before, after or instead", DisconnectKind.None),
            Malformed = section.Value(
                "malformed", ScenarioText.Word(MalformedWords), "garbage, truncated, oversized or bad_bitmap",
                MalformedKind.None),
            DropFields = section.List<int>("drop_field", ScenarioText.Field, "a field from 2 to 128"),
            ChangeFields = ReadChanges(section, faults),
        };
        section.Close();
        if (Contradiction(actions, approves, code is not null, latency is not null) is { } fault) section.Fault(fault);
        return actions;
    }

    /// <summary>Reads a section's <c>latency</c>; null when it has none, or a faulty one.</summary>
    public static Latency? ReadLatency(YamlSection parent, FaultLog faults)
    {
        if (parent.Take("latency") is not { } node) return null;
        var path = parent.Child("latency");
        var section = node is YamlScalarNode { Value: { } time }
            ? new YamlSection(node, "fixed", time, path, faults)
            : new YamlSection(node, path, faults);
        Latency? latency = null;
        var stated = 0;
        const string Duration = "a duration such as 5ms, at most 10m";
        if (section.TryTake<TimeSpan>("fixed", ScenarioText.Duration, Duration, out var value))
        {
            latency = new Latency.Fixed(value);
            stated++;
        }

        if (section.TryTake<Latency>("uniform", ScenarioText.DurationRange, "a range such as 2-20ms", out var uniform))
        {
            latency = uniform;
            stated++;
        }

        if (section.Section("lognormal") is { } shape)
        {
            latency = ReadLogNormal(shape);
            stated++;
        }

        if (stated > 1) section.Fault("only one of fixed, uniform and lognormal");
        section.Close();
        return latency;
    }

    private static Latency.LogNormal? ReadLogNormal(YamlSection section)
    {
        var median = section.Value<TimeSpan>("median", ScenarioText.Duration, "a duration such as 8ms", TimeSpan.Zero);
        var p99 = section.Value<TimeSpan>("p99", ScenarioText.Duration, "a duration such as 60ms", TimeSpan.Zero);
        section.Close();
        if (median > TimeSpan.Zero && p99 >= median) return new Latency.LogNormal(median, p99);
        section.Fault("'median' is above zero and 'p99' not below it");
        return null;
    }

    private static Dictionary<int, string> ReadChanges(YamlSection parent, FaultLog faults)
    {
        var changes = new Dictionary<int, string>();
        if (parent.Take("change_field") is not { } node) return changes;
        if (node is not YamlMappingNode mapping)
        {
            faults.Add(node, parent.Child("change_field"), "fields with values are expected here");
            return changes;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && ScenarioText.Field(name, out var field)
                && value is YamlScalarNode { Value: { } text }) changes[field] = text;
            else faults.Add(key, parent.Child("change_field"), "a field from 2 to 128 with its value is expected here");
        }

        return changes;
    }

    private static string? Contradiction(RuleActions actions, bool approves, bool hasCode, bool hasLatency)
    {
        if ((approves ? 1 : 0) + (hasCode ? 1 : 0) + (actions.Partial is null ? 0 : 1) > 1)
            return "only one of approve, code and partial";
        if (actions.Code == "10") return "code 10 needs an amount: use 'partial'";
        if (actions.IsLate && hasLatency) return "only one of latency and late";
        var isMissing = actions.Silence != SilenceKind.None
            || actions.Disconnect is DisconnectKind.Before or DisconnectKind.Instead;
        var isSpoilt = actions.Malformed != MalformedKind.None || actions.AnswerTwice || actions.AltersFields;
        if (isMissing && isSpoilt) return "an answer that is not sent cannot be spoilt";
        return actions.Silence != SilenceKind.None && actions.Disconnect != DisconnectKind.None
            ? "only one of silent and disconnect"
            : null;
    }
}
