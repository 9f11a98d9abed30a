using System.CommandLine;
using System.Globalization;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Commands;

/// <summary>webhook: endpoints of merchants, their secrets, replays and dead letters.</summary>
internal static class WebhookVerbs
{
    private const int DeadShown = 100;

    public static Command Build(SharedOptions shared) =>
        new("webhook", "Endpoints that merchants' systems are told at. Needs Settlement:Webhooks:KeysPath.")
        {
            Add(shared), List(shared), Disable(shared), Enable(shared), Rotate(shared), Replay(shared), Dead(shared),
            Retry(shared),
        };

    private static Command Add(SharedOptions shared)
    {
        var merchant = CommandOptions.Text("--merchant", "ID", "whose payments");
        var url = CommandOptions.Text("--url", "URL", "where to; https");
        var types = new Option<string[]>("--events")
        {
            Description = $"only these: {string.Join(", ", WebhookEventType.All.Order(StringComparer.Ordinal))} (all)",
            HelpName = "TYPE",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => [],
        };
        return Verb(
            shared, "add", "Adds an endpoint and shows its secret, once.", [merchant, url, types],
            async (parsed, desk, stop) => Tell(
                desk,
                await Endpoints(desk, shared).AddAsync(
                    parsed.GetValue(merchant)!, parsed.GetValue(url)!, parsed.GetValue(types)!, stop),
                static issued =>
                    $"{issued.EndpointId} is added; its secret, shown only now: {issued.Secret.Reveal()}"));
    }

    private static Command List(SharedOptions shared)
    {
        var merchant = new Option<string>("--merchant") { Description = "only of this merchant", HelpName = "ID" };
        const string About = "Lists endpoints with what waits for them.";
        return Verb(shared, "list", About, [merchant], async (parsed, desk, stop) =>
        {
            var endpoints = await Endpoints(desk, shared).ListAsync(parsed.GetValue(merchant), stop);
            Tables.Print(
                desk.Output, ["id", "merchant", "url", "events", "state", "> waiting", "> dead"],
                endpoints.Select(static e => new[]
                {
                    e.Id, e.MerchantId, e.Url, e.EventTypes.Length > 0 ? e.EventTypes : "all",
                    e.StateReason.Length > 0 ? $"{Words.Of(e.State)}: {e.StateReason}" : Words.Of(e.State),
                    e.Pending.ToString(CultureInfo.InvariantCulture), e.Dead.ToString(CultureInfo.InvariantCulture),
                }));
            return SettlementCommand.Done;
        });
    }

    private static Command Disable(SharedOptions shared)
    {
        var id = Id();
        var reason = CommandOptions.Text("--reason", "TEXT", "why, up to 200 characters");
        return Verb(
            shared, "disable", "Sends to an endpoint no more; what waits for it becomes dead letters.", [id, reason],
            async (parsed, desk, stop) => Tell(
                desk,
                await Endpoints(desk, shared).DisableAsync(parsed.GetValue(id)!, parsed.GetValue(reason)!, stop),
                static done => $"{done} is disabled"));
    }

    private static Command Enable(SharedOptions shared)
    {
        var id = Id();
        return Verb(
            shared, "enable", "Sends to an endpoint again what occurs from now on.", [id],
            async (parsed, desk, stop) => Tell(
                desk, await Endpoints(desk, shared).EnableAsync(parsed.GetValue(id)!, stop),
                static done => $"{done} is enabled"));
    }

    private static Command Rotate(SharedOptions shared)
    {
        var id = Id();
        var isKnown = new Option<bool>("--leaked") { Description = "the secret is known to others: it ends at once" };
        return Verb(
            shared, "rotate", "Makes a new secret; the one before signs beside it for a time of grace.", [id, isKnown],
            async (parsed, desk, stop) => Tell(
                desk,
                await Endpoints(desk, shared).RotateAsync(
                    parsed.GetValue(id)!, parsed.GetValue(isKnown) ? TimeSpan.Zero : null, stop),
                static issued => $"the new secret of {issued.EndpointId}, shown only now: {issued.Secret.Reveal()}"));
    }

    private static Command Replay(SharedOptions shared)
    {
        var id = Id();
        var from = CommandOptions.Time("--from", "first moment");
        var to = CommandOptions.Time("--to", "first moment that is no longer in it");
        return Verb(
            shared, "replay", "Sends again what occurred in a range of time, with the same ids.", [id, from, to],
            async (parsed, desk, stop) => Tell(
                desk,
                await new WebhookReplay(desk.Database, desk.Options.Webhooks, shared.Time).ReplayAsync(
                    parsed.GetValue(id)!, parsed.GetValue(from), parsed.GetValue(to), stop),
                static count => $"{count} events will be sent"));
    }

    private static Command Dead(SharedOptions shared)
    {
        var id = new Option<string>("--endpoint") { Description = "only of this endpoint", HelpName = "ID" };
        return Verb(shared, "dead", "Lists the newest dead letters.", [id], async (parsed, desk, stop) =>
        {
            var letters = await new DeadLetters(desk.Database, shared.Time).ListAsync(
                parsed.GetValue(id), DeadShown, stop);
            Tables.Print(
                desk.Output, ["endpoint", "event", "> attempts", "reason"],
                letters.Select(static d => new[]
                {
                    d.EndpointId, d.EventId, d.Attempts.ToString(CultureInfo.InvariantCulture), d.Reason,
                }));
            return SettlementCommand.Done;
        });
    }

    private static Command Retry(SharedOptions shared)
    {
        var id = Id();
        var one = new Option<string>("--event") { Description = "only this event", HelpName = "EVENT" };
        return Verb(
            shared, "retry", "Sends dead letters again from the first attempt on.", [id, one],
            async (parsed, desk, stop) => Tell(
                desk,
                await new DeadLetters(desk.Database, shared.Time).RetryAsync(
                    parsed.GetValue(id)!, parsed.GetValue(one), stop),
                static count => $"{count} dead letters will be sent"));
    }

    private static Command Verb(
        SharedOptions shared, string name, string description, Symbol[] symbols,
        Func<ParseResult, Desk, CancellationToken, Task<int>> work)
    {
        var verb = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) verb.Add(argument);
            else verb.Add((Option)symbol);
        }

        verb.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
            desk.Options.Webhooks.KeysPath is null
                ? Task.FromResult(desk.Refuse(
                    "webhooks are off: set Settlement:Webhooks:KeysPath to the folder "
                    + "of the keys that encrypt secrets"))
                : work(parsed, desk, stop)));
        return verb;
    }

    private static WebhookEndpoints Endpoints(Desk desk, SharedOptions shared) => new(
        desk.Database, SecretVault.Open(desk.Options.Webhooks.KeysPath!), desk.Options.Webhooks, shared.Time);

    private static int Tell<T>(Desk desk, Checked<T> result, Func<T, string> done)
        where T : notnull
    {
        if (!result.IsDone) return desk.Refuse(result.Fault);
        desk.Output.WriteLine(done(result.Value));
        return SettlementCommand.Done;
    }

    private static Argument<string> Id() => new("ENDPOINT")
    {
        Description = "ep_ and 24 hexadecimal digits; list shows them",
    };
}
