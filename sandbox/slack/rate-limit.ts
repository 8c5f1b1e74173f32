/** Slack's limits (FACTS 18): one message a second in a channel with short bursts; other methods by tier, a minute. */
export function createRateLimit(now: () => number): (method: string, channel: string) => number | undefined {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (method, channel) => {
    const isPost = method === 'chat.postMessage';
    const { burst, perSecond } = isPost ? { burst: 3, perSecond: 1 } : { burst: 50, perSecond: 50 / 60 };
    const key = isPost ? `${method} ${channel}` : method;
    const bucket = buckets.get(key) ?? { tokens: burst, at: now() };
    const tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond);
    const isIn = tokens >= 1;
    buckets.set(key, { tokens: isIn ? tokens - 1 : tokens, at: now() });
    return isIn ? undefined : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  };
}
