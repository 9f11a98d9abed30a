using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>Repeats of one request across two instances that share nothing but the store.</summary>
public sealed class CrossInstanceTests(RespServers servers)
{
    private static readonly byte[] Answer = [4, 0, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_WhileInFlightElsewhere_GetsTheIdenticalAnswer(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await first.OwnAsync(id);
        var joiners = new Task<EnterResult>[20];
        for (var i = 0; i < joiners.Length; i++) joiners[i] = second.EnterAsync(id).AsTask();
        await Eventually.TrueAsync(() => second.Coordinator.CrossInstanceWaiters > 0, "it polls", null, Token);
        // One poller a key, however many wait.
        Assert.Equal(1, second.Coordinator.CrossInstanceWaiters);

        await first.CompleteAsync(claim, Answer);

        Assert.All(await Task.WhenAll(joiners), static joined =>
        {
            Assert.Equal(EnterKind.Replay, joined.Kind);
            Assert.Equal(Answer, joined.Answer.ToArray());
        });
        Assert.Equal(0, second.Coordinator.CrossInstanceWaiters);
        Assert.Equal(0, second.Coordinator.InFlightCount);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_LeaderLosesPatience_OthersGoOnWaiting(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await first.OwnAsync(id);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var leader = second.EnterAsAsync(id, gone.Token).AsTask();
        await Eventually.TrueAsync(() => second.Coordinator.CrossInstanceWaiters == 1, "it polls", null, Token);
        var patient = second.EnterAsync(id).AsTask();

        await gone.CancelAsync();
        Assert.Equal(EnterKind.InProgress, (await leader).Kind);
        await Eventually.TrueAsync(() => second.Coordinator.CrossInstanceWaiters == 1, "another polls", null, Token);
        await first.CompleteAsync(claim, Answer);

        Assert.Equal(EnterKind.Replay, (await patient).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_PatienceEndsFirst_IsInProgress(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        await first.OwnAsync(id);

        var joined = await second.EnterAsync(id, TimeSpan.FromMilliseconds(100));

        Assert.Equal(EnterKind.InProgress, joined.Kind);
        Assert.Equal(0, second.Coordinator.InFlightCount);
        Assert.Equal(0, second.Coordinator.CrossInstanceWaiters);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_WithNoRoomToWait_IsInProgressAtOnce(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server, static options => options.CrossInstanceWaitersMax = 1);
        var (busy, refused) = (ServiceInstance.NewTransactionId(), ServiceInstance.NewTransactionId());
        var claim = await first.OwnAsync(busy);
        await first.OwnAsync(refused);
        var waiting = second.EnterAsync(busy).AsTask();
        await Eventually.TrueAsync(() => second.Coordinator.CrossInstanceWaiters == 1, "it polls", null, Token);

        Assert.Equal(EnterKind.InProgress, (await second.EnterAsync(refused)).Kind);

        await first.CompleteAsync(claim, Answer);
        Assert.Equal(EnterKind.Replay, (await waiting).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S2_Release_WhileAnotherInstanceWaits_LetsItRunAfresh(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await first.OwnAsync(id);
        var waiting = new List<Task<EnterResult>>();
        for (var i = 0; i < 5; i++) waiting.Add(second.EnterAsync(id).AsTask());
        await Eventually.TrueAsync(() => second.Coordinator.CrossInstanceWaiters == 1, "it polls", null, Token);

        await first.Coordinator.ReleaseAsync(claim);

        var next = await Task.WhenAny(waiting);
        Assert.Equal(EnterKind.Owner, (await next).Kind);
        Assert.Equal(1, waiting.Count(static waiter => waiter.IsCompleted));
        await second.CompleteAsync((await next).Claim!, Answer);
        waiting.Remove(next);
        Assert.All(await Task.WhenAll(waiting), static joined => Assert.Equal(EnterKind.Replay, joined.Kind));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Race_OfManyCallersOnTwoInstances_HasOneOwnerAndOneAnswer(string server)
    {
        const int Rounds = 150;
        const int Callers = 64;
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var callers = new Task<int>[Callers];
        for (var round = 0; round < Rounds; round++)
        {
            var race = new Race(ServiceInstance.NewTransactionId(), releasesLeft: round % 3);
            for (var i = 0; i < Callers; i++)
            {
                var instance = i % 2 == 0 ? first : second;
                callers[i] = Task.Run(() => race.RunAsync(instance), Token);
            }

            var answers = await Task.WhenAll(callers);

            Assert.Equal(1, race.Sent);
            Assert.All(answers, answer => Assert.Equal(race.Answer, answer));
            Assert.Equal(0, first.Coordinator.InFlightCount + second.Coordinator.InFlightCount);
        }
    }

    private async Task<ServiceInstance> StartAsync(string server, Action<RedisOptions>? configure = null) =>
        await ServiceInstance.StartAsync(await servers.AddressAsync(server, Token), Token, configure);

    /// <summary>One key that many want; its first owners find that nothing could be sent, the next one sends.</summary>
    private sealed class Race(string id, int releasesLeft)
    {
        private int _releasesLeft = releasesLeft;
        private int _owners;
        private int _sent;

        public int Sent => _sent;

        public int Answer { get; } = Random.Shared.Next();

        public async Task<int> RunAsync(ServiceInstance instance)
        {
            var entered = await instance.EnterAsync(id);
            if (entered.Kind == EnterKind.Replay) return BitConverter.ToInt32(entered.Answer.Span);

            Assert.Equal(EnterKind.Owner, entered.Kind);
            Assert.Equal(1, Interlocked.Increment(ref _owners));
            await Task.Yield();
            Interlocked.Decrement(ref _owners);
            if (Interlocked.Decrement(ref _releasesLeft) >= 0)
            {
                await instance.Coordinator.ReleaseAsync(entered.Claim!);
                return await RunAsync(instance);
            }

            Interlocked.Increment(ref _sent);
            var completed = await instance.CompleteAsync(entered.Claim!, BitConverter.GetBytes(Answer));
            Assert.Equal(FencedKind.Done, completed.Kind);
            return Answer;
        }
    }
}
