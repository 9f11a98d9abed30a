using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>The endpoints and their secrets: what an operator does with them, one call each.</summary>
internal sealed class WebhookEndpoints(
    SettlementDatabase database, SecretVault vault, WebhookOptions options, TimeProvider time)
{
    /// <summary>The end of a secret that has none.</summary>
    internal const long NoEnd = long.MaxValue;

    private const int SecretsMax = 2;
    private const string NoSuch = "there is no endpoint of this id";
    private const string Columns =
        "w.id AS Id, w.merchant_id AS MerchantId, w.url AS Url, w.event_types AS EventTypes, w.state AS State, "
        + "w.state_reason AS StateReason, w.created_ms AS CreatedMs, w.paused_until_ms AS PausedUntilMs, "
        + "w.failing_since_ms AS FailingSinceMs";

    private readonly TargetRules _targets = options.Targets();

    /// <summary>Adds an endpoint. It is told what occurs from now on; a replay tells it what was before.</summary>
    /// <param name="merchantId">1 to 15 characters.</param>
    /// <param name="url">See <see cref="TargetUrl"/>.</param>
    /// <param name="eventTypes">Names of <see cref="WebhookEventType"/>; none: all.</param>
    /// <param name="cancel">The caller's.</param>
    public async Task<Checked<IssuedSecret>> AddAsync(
        string merchantId, string url, IReadOnlyCollection<string> eventTypes, CancellationToken cancel)
    {
        if (merchantId.Length is 0 or > 15)
            return Checked<IssuedSecret>.Refused("a merchant id has 1 to 15 characters");
        if (TargetUrl.FaultOf(url, options.AllowHttp, _targets) is { } fault)
            return Checked<IssuedSecret>.Refused(fault);
        if (eventTypes.Except(WebhookEventType.All).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } unknown)
            return Checked<IssuedSecret>.Refused(
                $"there is no event type {string.Join(", ", unknown)}; there are "
                + string.Join(", ", WebhookEventType.All.Order(StringComparer.Ordinal)));

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var count = await connection.QuerySingleAsync<EndpointCount>(
            "SELECT COUNT(*) AS Total, "
            + "COALESCE(SUM(CASE WHEN state = 1 AND merchant_id = @merchantId THEN 1 ELSE 0 END), 0) "
            + "AS Merchants FROM webhook_endpoint", new { merchantId }, transaction);
        if (count.Total >= options.EndpointsMax)
            return Checked<IssuedSecret>.Refused($"there are {options.EndpointsMax} endpoints already");
        if (count.Merchants >= options.MerchantEndpointsMax)
            return Checked<IssuedSecret>.Refused($"the merchant has {options.MerchantEndpointsMax} endpoints already");

        var id = "ep_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var now = Now();
        await connection.ExecuteAsync(
            "INSERT INTO webhook_endpoint (id, merchant_id, url, event_types, state, state_reason, created_ms, "
            + "paused_until_ms, failing_since_ms) VALUES (@id, @merchantId, @url, @types, 1, '', @now, 0, 0)",
            new { id, merchantId, url, types = string.Join(',', eventTypes.Order(StringComparer.Ordinal)), now },
            transaction);
        var secret = await InsertSecretAsync(connection, transaction, id, version: 1, now);
        await transaction.CommitAsync(cancel);
        return Checked<IssuedSecret>.Done(new IssuedSecret(id, secret));
    }

    /// <summary>Endpoints with what waits for them, by merchant and age.</summary>
    /// <param name="merchantId">Of this one; null: of all.</param>
    /// <param name="cancel">The caller's.</param>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(string? merchantId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<WebhookEndpoint>(
            $"SELECT {Columns}, "
            + "(SELECT COUNT(*) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 1) AS Pending, "
            + "(SELECT COUNT(*) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 3) AS Dead "
            + "FROM webhook_endpoint w WHERE @merchantId = '' OR w.merchant_id = @merchantId "
            + "ORDER BY w.merchant_id, w.created_ms, w.id",
            new { merchantId = merchantId ?? "" })];
    }

    /// <summary>Sends it nothing any more; what waits for it becomes dead letters when it is due.</summary>
    public Task<Checked<string>> DisableAsync(string id, string reason, CancellationToken cancel) =>
        SetStateAsync(id, EndpointState.Disabled, reason.Length > 200 ? reason[..200] : reason, cancel);

    /// <summary>Sends to it again what occurs from now on. Dead letters stay, until they are retried.</summary>
    public async Task<Checked<string>> EnableAsync(string id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var others = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM webhook_endpoint w JOIN webhook_endpoint o ON o.merchant_id = w.merchant_id "
            + "AND o.id <> w.id AND o.state = 1 WHERE w.id = @id", new { id });
        return others >= options.MerchantEndpointsMax
            ? Checked<string>.Refused($"the merchant has {options.MerchantEndpointsMax} endpoints already")
            : await SetStateAsync(id, EndpointState.Enabled, "", cancel);
    }

    /// <summary>
    /// Makes a new secret. The one before signs beside it for the time of grace, any older no more.
    /// </summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="grace">Null: that of the options. Zero for a secret that others have come to know.</param>
    /// <param name="cancel">The caller's.</param>
    public async Task<Checked<IssuedSecret>> RotateAsync(string id, TimeSpan? grace, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var now = Now();
        // Taking the row first makes two rotations at once come one after the other.
        var found = await connection.ExecuteAsync(
            "UPDATE webhook_endpoint SET id = id WHERE id = @id", new { id }, transaction);
        if (found == 0) return Checked<IssuedSecret>.Refused(NoSuch);
        var last = await connection.ExecuteScalarAsync<long>(
            "SELECT MAX(version) FROM webhook_secret WHERE endpoint_id = @id", new { id }, transaction);
        await connection.ExecuteAsync(
            "DELETE FROM webhook_secret WHERE endpoint_id = @id AND version < @last", new { id, last }, transaction);
        await connection.ExecuteAsync(
            "UPDATE webhook_secret SET ends_ms = @ends WHERE endpoint_id = @id AND version = @last",
            new { id, last, ends = now + (long)(grace ?? options.RotationGrace).TotalMilliseconds }, transaction);
        var secret = await InsertSecretAsync(connection, transaction, id, last + 1, now);
        await transaction.CommitAsync(cancel);
        return Checked<IssuedSecret>.Done(new IssuedSecret(id, secret));
    }

    /// <summary>The secrets that sign now, newest first; null when one of them can't be opened.</summary>
    internal async Task<IReadOnlyList<WebhookSecret>?> SecretsAsync(DbConnection connection, string id)
    {
        var texts = await connection.QueryAsync<string>(
            "SELECT sealed FROM webhook_secret WHERE endpoint_id = @id AND ends_ms > @now ORDER BY version DESC LIMIT "
            + "@max",
            new { id, now = Now(), max = SecretsMax });
        var secrets = new List<WebhookSecret>(SecretsMax);
        foreach (var text in texts)
        {
            if (vault.Unseal(id, text) is not { } secret) return null;
            secrets.Add(secret);
        }

        return secrets.Count == 0 ? null : secrets;
    }

    private async Task<WebhookSecret> InsertSecretAsync(
        DbConnection connection, DbTransaction transaction, string id, long version, long now)
    {
        var secret = WebhookSecret.Create();
        await connection.ExecuteAsync(
            "INSERT INTO webhook_secret (endpoint_id, version, sealed, created_ms, ends_ms) "
            + "VALUES (@id, @version, @text, @now, @ends)",
            new { id, version, text = vault.Seal(id, secret), now, ends = NoEnd }, transaction);
        return secret;
    }

    private async Task<Checked<string>> SetStateAsync(
        string id, EndpointState state, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await connection.ExecuteAsync(
            "UPDATE webhook_endpoint SET state = @state, state_reason = @reason, paused_until_ms = 0, "
            + "failing_since_ms = 0 "
            + "WHERE id = @id", new { id, state = (int)state, reason });
        return found == 0 ? Checked<string>.Refused(NoSuch) : Checked<string>.Done(id);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed class EndpointCount
    {
        public long Total { get; set; }

        public long Merchants { get; set; }
    }
}
