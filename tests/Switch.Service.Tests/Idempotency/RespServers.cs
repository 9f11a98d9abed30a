using Switch.Sandbox;
using Switch.Testing;

[assembly: AssemblyFixture(typeof(Switch.Service.Tests.Idempotency.RespServers))]

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// The servers the suite runs against: Garnet always, and redis-server where it is installed (elsewhere its rows, and
/// the tests that need a real process to stop and kill, are not there). Each starts when a test first asks for it and
/// is shared, so tests use keys of their own.
/// </summary>
public sealed class RespServers : IAsyncDisposable
{
    public const string Garnet = "Garnet";
    public const string Redis = "redis-server";

    private readonly SemaphoreSlim _starting = new(1);
    private EmbeddedStore? _garnet;
    private RedisServerFixture? _redis;

    public static TheoryData<string> All => RedisServerFixture.IsInstalled ? [Garnet, Redis] : [Garnet];

    public static TheoryData<string> RealOnly => RedisServerFixture.IsInstalled ? [Redis] : [];

    public async Task<string> AddressAsync(string server, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (server == Garnet) return (_garnet ??= new EmbeddedStore()).Address;
            return (_redis ??= await RedisServerFixture.StartAsync(cancellationToken)).Address;
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _garnet?.Dispose();
        if (_redis is not null) await _redis.DisposeAsync();
        _starting.Dispose();
    }
}
